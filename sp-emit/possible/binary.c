/* SPDX-License-Identifier: Apache-2.0 */
#include "binary.h"

#include <elf.h>
#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/* Linkers write less than this. A file that exceeds a limit is not read. */
enum {
	SECTIONS_MAX = 65536,
	/* the most symbols, relocations and functions, each */
	ENTRIES_MAX = 4 << 20,
	NEEDED_MAX = 1024,
	STRING_MAX = 4096,	/* the longest name, in bytes */
	NAMES_MAX = 256 << 20,	/* bytes in all names */
	LOADS_MAX = 256,
};

static int by_start(const void *a, const void *b)
{
	const struct binary_span *x = a, *y = b;

	return x->start != y->start ? (x->start > y->start) - (x->start < y->start) :
		(x->end > y->end) - (x->end < y->end);
}

/* Access to bytes */

const uint8_t *binary_at(const struct binary *b, uint64_t address, size_t *n)
{
	for (size_t i = 0; i < b->n_loads; i++) {
		const struct binary_load *load = &b->loads[i];
		uint64_t at = address - load->address;

		if (at >= load->size)
			continue;
		*n = load->size - at;
		return b->bytes + load->offset + at;
	}
	return NULL;
}

static bool read_loads(struct binary *b)
{
	size_t n = 0;
	GElf_Phdr p;

	if (elf_getphdrnum(b->elf, &n))
		return true;
	for (size_t i = 0; i < n && i < SECTIONS_MAX; i++) {
		if (!gelf_getphdr(b->elf, i, &p) || p.p_type != PT_LOAD ||
		    p.p_offset > b->size || p.p_filesz > b->size - p.p_offset)
			continue;
		if (b->n_loads == LOADS_MAX)
			return false;
		b->loads = xgrow(b->loads, b->n_loads, sizeof(*b->loads));
		b->loads[b->n_loads++] = (struct binary_load){
			p.p_vaddr, p.p_filesz, p.p_offset };
	}
	return true;
}

/* Sections */

/*
 * Returns the data of a section, or NULL if it is not in this file or
 * malformed.
 */
static Elf_Data *data_of(const struct binary *b, Elf_Scn *section,
			 const GElf_Shdr *header)
{
	if (header->sh_type == SHT_NOBITS || header->sh_offset > b->size ||
	    header->sh_size > b->size - header->sh_offset)
		return NULL;
	return elf_getdata(section, NULL);
}

/*
 * Returns a string of a table, or NULL if it has no end within a reasonable
 * length. elf_strptr(3) takes hours for a table without an end.
 */
static const char *string_at(struct binary *b, size_t section, size_t offset)
{
	const char *string, *end;
	Elf_Scn *table = elf_getscn(b->elf, section);
	GElf_Shdr header;
	Elf_Data *data = NULL;
	size_t left;

	if (table && gelf_getshdr(table, &header))
		data = data_of(b, table, &header);
	if (!data || !data->d_buf || offset >= data->d_size)
		return NULL;
	left = data->d_size - offset;
	string = (char *)data->d_buf + offset;
	end = memchr(string, '\0', left < STRING_MAX ? left : STRING_MAX);
	if (!end)
		return NULL;
	b->name_bytes += end - string;
	return string;
}

static bool add_text(struct binary *b, const GElf_Shdr *header)
{
	if (!(header->sh_flags & SHF_EXECINSTR) ||
	    header->sh_type != SHT_PROGBITS || !header->sh_size ||
	    header->sh_addr + header->sh_size < header->sh_addr)
		return true;
	b->texts = xgrow(b->texts, b->n_texts, sizeof(*b->texts));
	b->texts[b->n_texts++] = (struct binary_span){
		header->sh_addr, header->sh_addr + header->sh_size };
	return b->n_texts < SECTIONS_MAX;
}

static bool add_symbols(struct binary *b, const GElf_Shdr *header,
			Elf_Data *data)
{
	size_t n = data->d_size / sizeof(Elf64_Sym);
	GElf_Sym sym;

	if (n > ENTRIES_MAX || b->n_symbols > ENTRIES_MAX)
		return false;
	for (size_t i = 0; i < n && gelf_getsym(data, i, &sym) &&
	     b->name_bytes <= NAMES_MAX; i++) {
		unsigned int type = GELF_ST_TYPE(sym.st_info);
		bool defined = sym.st_shndx != SHN_UNDEF;
		const char *name;

		if ((type != STT_FUNC && type != STT_GNU_IFUNC &&
		     (type != STT_NOTYPE || defined)) ||
		    (defined && !sym.st_value))
			continue;
		name = string_at(b, header->sh_link, sym.st_name);
		if (!name || !*name)
			continue;
		/*
		 * All symbols of a static program count, since it contains the
		 * libc.
		 */
		if (defined && header->sh_type == SHT_DYNSYM &&
		    !strcmp(name, "__libc_start_main"))
			b->is_libc = true;
		b->symbols = xgrow(b->symbols, b->n_symbols,
				   sizeof(*b->symbols));
		b->symbols[b->n_symbols++] = (struct binary_symbol){
			name, defined ? sym.st_value : 0, sym.st_size };
	}
	return true;
}

static const char *name_of_relocation(struct binary *b, const GElf_Shdr *header,
				      const GElf_Rela *rela)
{
	Elf_Scn *section = elf_getscn(b->elf, header->sh_link);
	GElf_Shdr symbols;
	Elf_Data *data;
	GElf_Sym sym;

	if (!section || !gelf_getshdr(section, &symbols))
		return NULL;
	data = data_of(b, section, &symbols);
	if (!data || !gelf_getsym(data, GELF_R_SYM(rela->r_info), &sym))
		return NULL;
	return string_at(b, symbols.sh_link, sym.st_name);
}

static bool add_slots(struct binary *b, const GElf_Shdr *header, Elf_Data *data)
{
	size_t n = data->d_size / sizeof(Elf64_Rela);
	GElf_Rela rela;

	if (n > ENTRIES_MAX || b->n_slots > ENTRIES_MAX)
		return false;
	for (size_t i = 0; i < n && gelf_getrela(data, i, &rela) &&
	     b->name_bytes <= NAMES_MAX; i++) {
		struct binary_slot slot = { .address = rela.r_offset };

		switch (GELF_R_TYPE(rela.r_info)) {
		case R_X86_64_JUMP_SLOT:
		case R_X86_64_GLOB_DAT:
		case R_X86_64_64:
			slot.name = name_of_relocation(b, header, &rela);
			if (!slot.name)
				continue;
			break;
		case R_X86_64_RELATIVE:
		case R_X86_64_IRELATIVE:
			slot.target = rela.r_addend;
			break;
		default:
			continue;
		}
		b->slots = xgrow(b->slots, b->n_slots, sizeof(*b->slots));
		b->slots[b->n_slots++] = slot;
	}
	return true;
}

static bool add_dynamic(struct binary *b, const GElf_Shdr *header,
			Elf_Data *data)
{
	GElf_Dyn dyn;

	for (int i = 0; gelf_getdyn(data, i, &dyn) && dyn.d_tag &&
	     b->name_bytes <= NAMES_MAX; i++) {
		const char *text = string_at(b, header->sh_link, dyn.d_un.d_val);

		if (!text)
			continue;
		if (dyn.d_tag == DT_RUNPATH ||
		    (dyn.d_tag == DT_RPATH && !b->run_path))
			b->run_path = text;
		if (dyn.d_tag != DT_NEEDED)
			continue;
		if (b->n_needed == NEEDED_MAX)
			return false;
		b->needed = xgrow(b->needed, b->n_needed, sizeof(*b->needed));
		b->needed[b->n_needed++] = text;
	}
	return true;
}

static void read_notes(struct binary *b, Elf_Data *data)
{
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while ((at = gelf_getnote(data, at, &note, &name, &desc))) {
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
		    memcmp((char *)data->d_buf + name, "GNU", 4) ||
		    note.n_descsz > sizeof(b->build_id))
			continue;
		memcpy(b->build_id, (char *)data->d_buf + desc, note.n_descsz);
		b->build_id_size = note.n_descsz;
	}
}

static bool add_section(struct binary *b, const GElf_Shdr *header,
			Elf_Data *data)
{
	switch (header->sh_type) {
	case SHT_SYMTAB:
	case SHT_DYNSYM:
		return add_symbols(b, header, data);
	case SHT_RELA:
		return add_slots(b, header, data);
	case SHT_DYNAMIC:
		return add_dynamic(b, header, data);
	case SHT_NOTE:
		read_notes(b, data);
	}
	return true;
}

/*
 * Sections that overlap could make a small file cost hours: linkers do not
 * write them.
 */
static bool overlaps(struct binary *b, const GElf_Shdr *header)
{
	if (header->sh_type == SHT_NOBITS)
		return false;
	b->section_bytes += header->sh_size;
	return header->sh_size > b->size || b->section_bytes > b->size;
}

static bool read_sections(struct binary *b)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t n = 0;

	while ((section = elf_nextscn(b->elf, section))) {
		Elf_Data *data;

		if (!gelf_getshdr(section, &header) || n++ > SECTIONS_MAX)
			return false;
		data = data_of(b, section, &header);
		if (!data)
			continue;
		if (overlaps(b, &header) || !add_text(b, &header) ||
		    (data->d_buf && !add_section(b, &header, data)))
			return false;
	}
	array_sort(b->texts, b->n_texts, sizeof(*b->texts), by_start);
	return b->name_bytes <= NAMES_MAX;
}

static void read_interpreter(struct binary *b)
{
	size_t n = 0;
	GElf_Phdr p;

	if (elf_getphdrnum(b->elf, &n))
		return;
	for (size_t i = 0; i < n && i < SECTIONS_MAX; i++)
		if (gelf_getphdr(b->elf, i, &p) && p.p_type == PT_INTERP &&
		    p.p_offset < b->size && p.p_filesz &&
		    p.p_filesz <= b->size - p.p_offset &&
		    !b->bytes[p.p_offset + p.p_filesz - 1])
			b->interpreter = (const char *)b->bytes + p.p_offset;
}

/* Functions */

static void add_function(struct binary *b, uint64_t start, uint64_t end)
{
	b->functions = xgrow(b->functions, b->n_functions,
			     sizeof(*b->functions));
	b->functions[b->n_functions++] = (struct binary_span){ start, end };
}

static int32_t read_s32(const uint8_t *at)
{
	int32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/*
 * The table in .eh_frame_hdr has the start of each function that can be
 * unwound, and the position of its frame description (LSB, Exception Frames).
 * The encodings here are those that every linker for x86-64 writes.
 */
enum {
	FRAMES_VERSION = 1, FRAME_AT = 0x1b, COUNT_AS = 0x03, TABLE_AS = 0x3b,
	FRAMES_HEAD = 12, FRAMES_ROW = 8,
	/* its offset in a description: length, CIE, start, range */
	FRAME_RANGE = 12,
};

static void add_frame(struct binary *b, uint64_t start, uint64_t frame)
{
	size_t n;
	const uint8_t *at = binary_at(b, frame, &n);

	if (at && n >= FRAME_RANGE + 4)
		add_function(b, start, start +
			     (uint32_t)read_s32(at + FRAME_RANGE));
}

static bool read_frames(struct binary *b, const GElf_Phdr *p)
{
	size_t n, rows;
	const uint8_t *at = binary_at(b, p->p_vaddr, &n);

	if (!at || n < FRAMES_HEAD || at[0] != FRAMES_VERSION ||
	    at[1] != FRAME_AT || at[2] != COUNT_AS || at[3] != TABLE_AS)
		return true;
	rows = (uint32_t)read_s32(at + 8);
	if (rows > ENTRIES_MAX || b->n_functions > ENTRIES_MAX)
		return false;
	if (rows > (n - FRAMES_HEAD) / FRAMES_ROW)
		rows = (n - FRAMES_HEAD) / FRAMES_ROW;
	for (size_t i = 0; i < rows; i++) {
		const uint8_t *row = at + FRAMES_HEAD + i * FRAMES_ROW;

		add_frame(b, p->p_vaddr + read_s32(row),
			  p->p_vaddr + read_s32(row + 4));
	}
	return true;
}

static bool add_frames(struct binary *b)
{
	size_t n = 0;
	GElf_Phdr p;

	if (elf_getphdrnum(b->elf, &n))
		return true;
	for (size_t i = 0; i < n && i < SECTIONS_MAX; i++)
		if (gelf_getphdr(b->elf, i, &p) &&
		    p.p_type == PT_GNU_EH_FRAME && !read_frames(b, &p))
			return false;
	return true;
}

/* Returns the span that contains the address, or NULL. */
static const struct binary_span *span_of(const struct binary_span *spans,
					 size_t n, uint64_t address)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (spans[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && spans[low].start <= address ? &spans[low] : NULL;
}

static const struct binary_span *text_of(const struct binary *b, uint64_t at)
{
	return span_of(b->texts, b->n_texts, at);
}

enum { CALL = 0xe8, CALL_SIZE = 5, ALIGNED = 16 };

/*
 * Marks the targets of the calls in a section. `marks` has for each section a
 * bit for each address with the alignment that compilers give functions.
 */
static void mark_called(const struct binary *b, const struct binary_span *text,
			uint8_t **marks)
{
	size_t n;
	const uint8_t *at = binary_at(b, text->start, &n);

	if (at && n > text->end - text->start)
		n = text->end - text->start;
	for (size_t i = 0; at && i + CALL_SIZE <= n; i++) {
		uint64_t to = text->start + i + CALL_SIZE +
			(int64_t)read_s32(at + i + 1), bit;
		const struct binary_span *in = at[i] == CALL &&
			to % ALIGNED == 0 ? text_of(b, to) : NULL;

		if (!in)
			continue;
		bit = (to - in->start) / ALIGNED;
		marks[in - b->texts][bit / 8] |= 1 << bit % 8;
	}
}

static bool add_marked(struct binary *b, const struct binary_span *text,
		       const uint8_t *marks)
{
	uint64_t at = (text->start + ALIGNED - 1) / ALIGNED * ALIGNED;

	for (size_t bit = 0; at < text->end; bit++, at += ALIGNED) {
		if (!(marks[bit / 8] & 1 << bit % 8))
			continue;
		if (b->n_functions > ENTRIES_MAX)
			return false;
		add_function(b, at, at);
	}
	return true;
}

/*
 * Finds functions in a file without frames and symbols: a function begins at
 * the target of a call. A large file has many calls of each function.
 */
static bool add_called(struct binary *b)
{
	uint8_t **marks = xcalloc(b->n_texts + 1, sizeof(*marks));
	bool fine = true;

	for (size_t i = 0; i < b->n_texts; i++)
		marks[i] = xcalloc((b->texts[i].end - b->texts[i].start) /
				   ALIGNED / 8 + 1, 1);
	for (size_t i = 0; i < b->n_texts; i++)
		mark_called(b, &b->texts[i], marks);
	for (size_t i = 0; i < b->n_texts; i++) {
		fine = fine && add_marked(b, &b->texts[i], marks[i]);
		free(marks[i]);
	}
	free(marks);
	return fine;
}

/* A function ends at the start of the next one, or earlier by its size. */
static void arrange_functions(struct binary *b)
{
	size_t n = 0;

	array_sort(b->functions, b->n_functions, sizeof(*b->functions),
		   by_start);
	for (size_t i = 0; i < b->n_functions; i++) {
		struct binary_span f = b->functions[i];
		const struct binary_span *text = text_of(b, f.start);

		if (!text)
			continue;
		if (n && b->functions[n - 1].start == f.start)
			n--;
		if (f.end <= f.start || f.end > text->end)
			f.end = text->end;
		b->functions[n++] = f;
	}
	b->n_functions = n;
	for (size_t i = 0; i + 1 < n; i++)
		if (b->functions[i].end > b->functions[i + 1].start)
			b->functions[i].end = b->functions[i + 1].start;
}

static bool read_functions(struct binary *b)
{
	if (!add_frames(b))
		return false;
	if (!b->n_functions && !add_called(b))
		return false;
	for (size_t i = 0; i < b->n_symbols; i++)
		if (b->symbols[i].address)
			add_function(b, b->symbols[i].address,
				     b->symbols[i].address +
				     b->symbols[i].size);
	for (size_t i = 0; i < b->n_texts; i++)
		add_function(b, b->texts[i].start, b->texts[i].start);
	arrange_functions(b);
	return true;
}

/* Lookups */

const struct binary_span *binary_function(const struct binary *b,
					  uint64_t address)
{
	return span_of(b->functions, b->n_functions, address);
}

static int by_address(const void *a, const void *b)
{
	const struct binary_slot *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

const struct binary_slot *binary_slot(const struct binary *b, uint64_t address)
{
	const struct binary_slot key = { .address = address };

	return b->n_slots ? bsearch(&key, b->slots, b->n_slots, sizeof(key),
				    by_address) : NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct binary_symbol *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->address > y->address) -
		(x->address < y->address);
}

const struct binary_symbol *binary_symbols(const struct binary *b,
					   const char *name, size_t *n)
{
	size_t low = 0, high = b->n_symbols;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(b->symbols[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < b->n_symbols &&
	     !strcmp(b->symbols[high].name, name); high++)
		;
	*n = high - low;
	return *n ? &b->symbols[low] : NULL;
}

/* The file as a whole */

static bool is_for_us(Elf *elf)
{
	GElf_Ehdr header;

	return elf && elf_kind(elf) == ELF_K_ELF &&
		gelf_getehdr(elf, &header) &&
		gelf_getclass(elf) == ELFCLASS64 &&
		header.e_machine == EM_X86_64;
}

/* Whether there is code without section headers, as in a stripped file. */
static bool hides_code(const struct binary *b)
{
	size_t n = 0, n_sections = 0;
	GElf_Phdr p;

	if (b->n_texts || elf_getphdrnum(b->elf, &n) ||
	    elf_getshdrnum(b->elf, &n_sections) || n_sections > 1)
		return false;
	for (size_t i = 0; i < n && i < SECTIONS_MAX; i++)
		if (gelf_getphdr(b->elf, i, &p) && p.p_type == PT_LOAD &&
		    p.p_flags & PF_X && p.p_filesz)
			return true;
	return false;
}

int binary_open(struct binary *b, int fd)
{
	int err = -ENOEXEC;

	elf_version(EV_CURRENT);
	*b = (struct binary){ .fd = fd, .elf = elf_begin(fd, ELF_C_READ_MMAP, NULL) };
	if (is_for_us(b->elf))
		b->bytes = (const uint8_t *)elf_rawfile(b->elf, &b->size);
	if (!b->bytes)
		goto out;
	err = -EFBIG;
	if (!read_loads(b) || !read_sections(b) || !read_functions(b))
		goto out;
	err = -ENODATA;
	if (hides_code(b))
		goto out;
	read_interpreter(b);
	array_sort(b->slots, b->n_slots, sizeof(*b->slots), by_address);
	array_sort(b->symbols, b->n_symbols, sizeof(*b->symbols), by_name);
	err = 0;
out:
	if (err)
		binary_close(b);
	return err;
}

void binary_close(struct binary *b)
{
	free(b->loads);
	free(b->texts);
	free(b->symbols);
	free(b->slots);
	free(b->functions);
	free(b->needed);
	elf_end(b->elf);
	close(b->fd);
	*b = (struct binary){ .fd = -1 };
}
