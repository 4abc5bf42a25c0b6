/* SPDX-License-Identifier: Apache-2.0 */
#include "run/place.h"

#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/memory.h"
#include "process/file-child.h"
#include "process/image-file.h"
#include "process/mapping.h"

/*
 * Limits above the sizes of real programs, and the number of files that stay
 * open.
 */
enum {
	SYMBOLS_MAX = 1 << 22, SEGMENTS_MAX = 4096, SECTIONS_MAX = 1 << 16,
	OBJECTS_MAX = 256,
	SECTION_BYTES_MAX = 128 << 20,
	NAME_BYTES_MAX = 4096,		/* bytes in the name of one symbol */
	NAMES_BYTES_MAX = 256 << 20,	/* bytes in all names of a file */
};

struct segment {
	uint64_t offset, size, address;
};

struct symbol {
	uint64_t start, size;
	char *name;
};

struct object {
	dev_t device;
	ino_t inode;
	struct timespec changed;
	struct segment *segments;
	size_t n_segments;
	/* Sorted by address; at the same address, the best name is the last. */
	struct symbol *symbols;
	size_t n_symbols, name_bytes;
};

/* The files that the child has open. `at` is in the child's memory. */
struct objects {
	struct file_child *child;
	struct object *at;
	size_t n;
};

static void free_object(struct object *o)
{
	for (size_t i = 0; i < o->n_symbols; i++)
		free(o->symbols[i].name);
	free(o->symbols);
	free(o->segments);
}

/* ELF files */

static void read_segments(struct object *o, Elf *elf)
{
	size_t n;

	if (elf_getphdrnum(elf, &n) || n > SEGMENTS_MAX)
		return;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr p;

		if (!gelf_getphdr(elf, i, &p) || p.p_type != PT_LOAD)
			continue;
		o->segments = xgrow(o->segments, o->n_segments,
				    sizeof(*o->segments));
		o->segments[o->n_segments++] = (struct segment){
			p.p_offset, p.p_filesz, p.p_vaddr,
		};
	}
}

static bool is_code(const GElf_Sym *s)
{
	int type = GELF_ST_TYPE(s->st_info);

	return (type == STT_FUNC || type == STT_GNU_IFUNC) &&
		s->st_shndx != SHN_UNDEF && s->st_size;
}

/* Returns NULL if there is no such section, or it is too large. */
static Elf_Data *section_data(Elf_Scn *section)
{
	GElf_Shdr header;

	if (!section || !gelf_getshdr(section, &header) ||
	    header.sh_type == SHT_NOBITS || header.sh_size > SECTION_BYTES_MAX)
		return NULL;
	return elf_getdata(section, NULL);
}

/*
 * Returns the length of a name. elf_strptr() would search for the end of the
 * table in each call.
 */
static size_t name_length(const Elf_Data *strings, size_t at)
{
	size_t most;

	if (!strings->d_buf || at >= strings->d_size)
		return 0;
	most = strings->d_size - at;
	if (most > NAME_BYTES_MAX)
		most = NAME_BYTES_MAX;
	at = strnlen((char *)strings->d_buf + at, most);
	return at == most ? 0 : at;
}

static void read_table(struct object *o, Elf *elf, Elf_Scn *section,
		       const GElf_Shdr *header)
{
	Elf_Data *data = section_data(section);
	Elf_Data *strings = section_data(elf_getscn(elf, header->sh_link));
	size_t n = header->sh_entsize ? header->sh_size / header->sh_entsize :
		0;

	if (!data || !strings)
		return;
	for (size_t i = 0; i < n && o->n_symbols < SYMBOLS_MAX; i++) {
		size_t length;
		GElf_Sym s;

		if (!gelf_getsym(data, i, &s) || !is_code(&s))
			continue;
		length = name_length(strings, s.st_name);
		if (!length)
			continue;
		o->name_bytes += length;
		if (o->name_bytes > NAMES_BYTES_MAX)
			return;
		o->symbols = xgrow(o->symbols, o->n_symbols,
				   sizeof(*o->symbols));
		o->symbols[o->n_symbols++] = (struct symbol){
			s.st_value, s.st_size,
			xstrdup((char *)strings->d_buf + s.st_name),
		};
	}
}

/*
 * Compares two names of one function. A name with fewer underscores is better,
 * then a shorter one, then one that is earlier in the alphabet.
 */
static int compare_names(const char *a, const char *b)
{
	size_t a_bars = strspn(a, "_"), b_bars = strspn(b, "_");

	if (a_bars != b_bars)
		return a_bars < b_bars ? 1 : -1;
	if (strlen(a) != strlen(b))
		return strlen(a) < strlen(b) ? 1 : -1;
	return strcmp(b, a);
}

static int compare_symbols(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return compare_names(x->name, y->name);
}

static void read_symbols(struct object *o, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t n;

	if (elf_getshdrnum(elf, &n) || n > SECTIONS_MAX)
		return;
	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) &&
		    (header.sh_type == SHT_SYMTAB ||
		     header.sh_type == SHT_DYNSYM))
			read_table(o, elf, section, &header);
	array_sort(o->symbols, o->n_symbols, sizeof(*o->symbols),
		   compare_symbols);
}

/*
 * Reads the file instead of mapping it: if another process truncated a mapped
 * file, this process would be killed.
 */
static void read_elf(struct object *o, int fd)
{
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);

	if (elf && elf_kind(elf) == ELF_K_ELF) {
		read_segments(o, elf);
		read_symbols(o, elf);
	}
	elf_end(elf);
}

static bool is_object(const struct object *o, const struct stat *st)
{
	return o->device == st->st_dev && o->inode == st->st_ino &&
		o->changed.tv_sec == st->st_ctim.tv_sec &&
		o->changed.tv_nsec == st->st_ctim.tv_nsec;
}

static const struct object *object_of(struct objects *all, int fd,
				      const struct stat *st)
{
	struct object *o;

	for (size_t i = 0; i < all->n; i++)
		if (is_object(&all->at[i], st))
			return &all->at[i];
	if (all->n == OBJECTS_MAX)
		free_object(&all->at[--all->n]);
	all->at = xgrow(all->at, all->n, sizeof(*all->at));
	o = &all->at[all->n++];
	*o = (struct object){
		.device = st->st_dev, .inode = st->st_ino,
		.changed = st->st_ctim,
	};
	read_elf(o, fd);
	return o;
}

/*
 * Finds the address of the byte before `offset` in the file. Returns false if
 * no segment loads it.
 */
static bool address_of(const struct object *o, uint64_t offset,
		       uint64_t *address)
{
	for (size_t i = 0; i < o->n_segments; i++) {
		const struct segment *s = &o->segments[i];

		if (offset - 1 < s->offset || offset - 1 - s->offset >= s->size)
			continue;
		*address = s->address + (offset - s->offset);
		return true;
	}
	return false;
}

/*
 * Returns the innermost of the symbols that begin shortly before the address,
 * since symbols can overlap.
 */
static char *symbol_at(const struct object *o, uint64_t address)
{
	enum { NESTED_MAX = 16 };
	size_t low = 0, high = o->n_symbols;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (o->symbols[middle].start < address)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = 0; i < NESTED_MAX && low > i; i++) {
		const struct symbol *s = &o->symbols[low - 1 - i];

		if (address - 1 - s->start < s->size)
			return xasprintf("%s+0x%" PRIx64, s->name,
					 address - s->start);
	}
	return NULL;
}

/* Memory */

static bool find_mapping(pid_t tid, uint64_t address, struct mapping *m)
{
	char path[32], *line = NULL;
	bool found = false;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", tid);
	file = fopen(path, "re");
	while (file && !found && getline(&line, &size, file) > 0) {
		if (!mapping_parse(line, m))
			continue;
		found = address >= m->start && address < m->end;
		if (!found)
			free(m->path);
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

/*
 * Opens the file through its mapping, which needs a capability. Without it,
 * opens the file by its name in the task's view, if it is still the same file.
 */
static int open_mapped(pid_t tid, const struct mapping *m, struct stat *st)
{
	char *path = xasprintf("/proc/%d/map_files/%" PRIx64 "-%" PRIx64, tid,
			       m->start, m->end);
	int fd = regular_file_open(path, st);

	free(path);
	if (fd >= 0)
		return fd;
	path = xasprintf("/proc/%d/root%s", tid, m->path);
	fd = regular_file_open(path, st);
	free(path);
	if (fd < 0 || (st->st_ino == m->inode &&
		       st->st_dev == makedev(m->device_major, m->device_minor)))
		return fd;
	close(fd);
	return -1;
}

static void place_in_file(struct objects *objects, pid_t tid, uint64_t ip,
			  const struct mapping *m, struct place *place)
{
	const struct object *o;
	uint64_t address;
	struct stat st;
	int fd = open_mapped(tid, m, &st);

	if (fd >= 0) {
		o = object_of(objects, fd, &st);
		close(fd);
		if (address_of(o, ip - m->start + m->offset, &address)) {
			place->text = xasprintf("%s+0x%" PRIx64, m->path,
						address);
			place->symbol = symbol_at(o, address);
			return;
		}
	}
	place->text = xstrdup(m->path);
}

/* The child process */

struct question {
	uint64_t ip;
	pid_t tid;
};

static void find(struct objects *objects, pid_t tid, uint64_t ip,
		 struct place *place)
{
	struct mapping m;

	/*
	 * For a call through the vsyscall page, ip is the first byte of its
	 * entry.
	 */
	if (!find_mapping(tid, ip - 1, &m) && !find_mapping(tid, ip, &m))
		return;
	if (m.inode)
		place_in_file(objects, tid, ip, &m, place);
	else if (!strcmp(m.path, "[vdso]") || !strcmp(m.path, "[vsyscall]"))
		place->text = xasprintf("%s+0x%" PRIx64, m.path, ip - m.start);
	else
		place->text = xstrdup("anonymous memory");
	free(m.path);
}

/* Answers with two strings and their NULs. An unknown one is empty. */
static size_t answer_place(void *objects, const void *request, size_t size,
			   void *answer)
{
	struct place place = { NULL, NULL };
	struct question question;
	size_t text, symbol;

	memcpy(&question, request, sizeof(question));
	(void)size;
	find(objects, question.tid, question.ip, &place);
	text = snprintf(answer, FILE_CHILD_BYTES / 2, "%s",
			place.text ? place.text : "");
	if (text >= FILE_CHILD_BYTES / 2)
		text = FILE_CHILD_BYTES / 2 - 1;
	answer = (char *)answer + text + 1;
	symbol = snprintf(answer, FILE_CHILD_BYTES / 2, "%s",
			  place.symbol ? place.symbol : "");
	if (symbol >= FILE_CHILD_BYTES / 2)
		symbol = FILE_CHILD_BYTES / 2 - 1;
	free(place.text);
	free(place.symbol);
	return text + symbol + 2;
}

/* The parent process */

struct objects *objects_new(void)
{
	struct objects *objects = xcalloc(1, sizeof(*objects));

	elf_version(EV_CURRENT);
	objects->child = file_child_new(answer_place, objects);
	return objects;
}

void objects_free(struct objects *objects)
{
	if (!objects)
		return;
	file_child_free(objects->child);
	free(objects);
}

static char *known(const char *text)
{
	return *text ? xstrdup(text) : NULL;
}

void place_find(struct objects *objects, pid_t tid, uint64_t ip,
		struct place *place)
{
	struct question question = { .ip = ip, .tid = tid };
	/*
	 * It ends with two NULs in any case. It is static, because the stack
	 * can be small.
	 */
	static char answer[FILE_CHILD_BYTES + 2];

	*place = (struct place){ NULL, NULL };
	memset(answer, 0, sizeof(answer));
	if (!file_child_send(objects->child, &question, sizeof(question)) ||
	    file_child_receive(objects->child, answer, FILE_CHILD_BYTES,
			       FILE_CHILD_MS) < 0)
		return;
	place->text = known(answer);
	place->symbol = known(answer + strlen(answer) + 1);
}
