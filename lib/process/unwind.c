/* SPDX-License-Identifier: Apache-2.0 */
#include "process/unwind.h"

#include <dlfcn.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/memory.h"
#include "process/image-file.h"
#include "stream/stack.h"

enum {
	OBJECTS_MAX = 256,	/* files that are kept open */
	SEGMENTS_MAX = 4096,
	READ_MAX = 64,		/* words of the stack, for one function */
};

/* The functions of libdw; all NULL until unwind_load(). */
static struct libdw {
	typeof(dwfl_begin) *begin;
	typeof(dwfl_end) *end;
	typeof(dwfl_report_begin) *report_begin;
	typeof(dwfl_report_module) *report_module;
	typeof(dwfl_report_end) *report_end;
	typeof(dwfl_attach_state) *attach_state;
	typeof(dwfl_getthread_frames) *getthread_frames;
	typeof(dwfl_frame_pc) *frame_pc;
	typeof(dwfl_addrmodule) *addrmodule;
	typeof(dwfl_module_addrinfo) *addrinfo;
	typeof(dwfl_module_build_id) *build_id;
	typeof(dwfl_module_getelf) *getelf;
	typeof(dwfl_module_info) *info;
	typeof(dwfl_thread_state_registers) *registers;
	typeof(dwfl_thread_state_register_pc) *register_pc;
} dw;

/* from libstdc++; NULL: names of C++ are not decoded */
static char *(*demangle)(const char *name, char *to, size_t *size, int *status);

#ifdef STATIC_BUILD

/* dlopen(3) in a static program needs the C library that it was built with. */
bool unwind_load(void)
{
	return false;
}

#else

static void *find(void *library, const char *name, bool *found)
{
	void *function = dlsym(library, name);

	*found = *found && function;
	return function;
}

bool unwind_load(void)
{
	void *library = dw.begin ? NULL :
		dlopen("libdw.so.1", RTLD_NOW | RTLD_LOCAL);
	void *names;
	bool found = true;

	if (dw.begin || !library)
		return dw.begin;
	dw = (struct libdw){
		find(library, "dwfl_begin", &found),
		find(library, "dwfl_end", &found),
		find(library, "dwfl_report_begin", &found),
		find(library, "dwfl_report_module", &found),
		find(library, "dwfl_report_end", &found),
		find(library, "dwfl_attach_state", &found),
		find(library, "dwfl_getthread_frames", &found),
		find(library, "dwfl_frame_pc", &found),
		find(library, "dwfl_addrmodule", &found),
		find(library, "dwfl_module_addrinfo", &found),
		find(library, "dwfl_module_build_id", &found),
		find(library, "dwfl_module_getelf", &found),
		find(library, "dwfl_module_info", &found),
		find(library, "dwfl_thread_state_registers", &found),
		find(library, "dwfl_thread_state_register_pc", &found),
	};
	if (!found)
		dw.begin = NULL;
	names = dlopen("libstdc++.so.6", RTLD_NOW | RTLD_LOCAL);
	if (names)
		demangle = dlsym(names, "__cxa_demangle");
	return found;
}

#endif

/* Files */

struct object {
	dev_t device;
	ino_t inode;
	struct timespec changed;
	int fd;
	Elf *elf;
};

static struct object objects[OBJECTS_MAX];
static size_t n_objects;

static void forget_objects(void)
{
	for (size_t i = 0; i < n_objects; i++) {
		elf_end(objects[i].elf);
		close(objects[i].fd);
	}
	n_objects = 0;
}

/*
 * stat(2) and the kernel's list of mappings show the same device number, except
 * on overlayfs and btrfs, where stat's major number is 0.
 */
static bool is_mapped(const struct stat *st, const struct unwind_mapping *m)
{
	return st->st_ino == m->inode &&
		(!m->device_major ||
		 st->st_dev == makedev(m->device_major, m->device_minor));
}

/*
 * Opens the path as the process sees it, or else as we see it, if it is the
 * same file.
 */
static int open_mapped(pid_t pid, const struct unwind_mapping *m,
		       const char *path, struct stat *st)
{
	char *own = xasprintf("/proc/%d/root%s", pid, path);
	const char *const paths[] = { own, path };
	int fd = -1;

	for (size_t i = 0; fd < 0 && i < 2; i++) {
		fd = regular_file_open(paths[i], st);
		if (fd >= 0 && !is_mapped(st, m)) {
			close(fd);
			fd = -1;
		}
	}
	free(own);
	return fd;
}

/*
 * The file is read, not mapped: if another process truncated a mapped file,
 * this process would be killed.
 */
static struct object *object_of(pid_t pid, const struct unwind_mapping *m,
				const char *path)
{
	struct object *o;
	struct stat st;
	int fd = open_mapped(pid, m, path, &st);

	if (fd < 0)
		return NULL;
	for (size_t i = 0; i < n_objects; i++) {
		o = &objects[i];
		if (o->device != st.st_dev || o->inode != st.st_ino ||
		    o->changed.tv_sec != st.st_ctim.tv_sec ||
		    o->changed.tv_nsec != st.st_ctim.tv_nsec)
			continue;
		close(fd);
		return o;
	}
	o = &objects[n_objects++];
	*o = (struct object){ st.st_dev, st.st_ino, st.st_ctim, fd,
			      elf_begin(fd, ELF_C_READ, NULL) };
	return o;
}

/* Modules */

struct module {
	struct object *object;
	const char *path;
	uint64_t start;
};

struct unwinding {
	struct unwind_request request;
	Dwfl *dwfl;
	const uint8_t *stack;
	struct module modules[UNWIND_MAPPINGS];
	size_t n_modules;
	struct unwind_mapping mappings[UNWIND_MAPPINGS];
	const char *paths[UNWIND_MAPPINGS];
	struct stack_writer to;
	struct unwind_word read[READ_MAX];	/* since the last function */
	size_t n_read;
	struct unwind_words *words;	/* NULL: not wanted */
};

/* libdw's callbacks get no argument of ours. */
static struct unwinding *current;

/*
 * Where the file begins and ends in memory. One mapping of it is enough to
 * compute this.
 */
static bool extent_of(Elf *elf, const struct unwind_mapping *m,
		      uint64_t *start, uint64_t *end)
{
	uint64_t bias = 0, first = UINT64_MAX, last = 0;
	bool found = false;
	GElf_Phdr p;
	size_t n;

	if (!elf || gelf_getclass(elf) != ELFCLASS64 ||
	    elf_getphdrnum(elf, &n) || n > SEGMENTS_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!gelf_getphdr(elf, i, &p) || p.p_type != PT_LOAD)
			continue;
		if (first == UINT64_MAX)
			first = p.p_vaddr & -(p.p_align ? p.p_align : 1);
		if (p.p_vaddr + p.p_memsz > last)
			last = p.p_vaddr + p.p_memsz;
		if (m->offset + (m->end - m->start) <= p.p_offset ||
		    m->offset >= p.p_offset + p.p_filesz || found)
			continue;
		bias = m->start - m->offset + p.p_offset - p.p_vaddr;
		found = true;
	}
	*start = bias + first;
	*end = bias + last;
	return found && *start < *end;
}

static void report(struct unwinding *u, size_t i)
{
	const struct unwind_mapping *m = &u->mappings[i];
	struct object *o = *u->paths[i] == '/' && m->inode ?
		object_of(u->request.pid, m, u->paths[i]) : NULL;
	uint64_t start, end;

	if (!o || !extent_of(o->elf, m, &start, &end))
		return;
	for (size_t k = 0; k < u->n_modules; k++)
		if (u->modules[k].start == start)
			return;
	u->modules[u->n_modules++] = (struct module){ o, u->paths[i], start };
	dw.report_module(u->dwfl, u->paths[i], start, end);
}

static int find_elf(Dwfl_Module *module, void **data, const char *name,
		    Dwarf_Addr base, char **file, Elf **elf)
{
	(void)module, (void)data, (void)name, (void)file;
	for (size_t i = 0; i < current->n_modules; i++)
		if (current->modules[i].start == base)
			*elf = elf_begin(current->modules[i].object->fd,
					 ELF_C_READ,
					 current->modules[i].object->elf);
	return -1;
}

/* Uses installed debug packages; asks no server. */
static int find_debug(Dwfl_Module *module, void **data, const char *name,
		      Dwarf_Addr base, const char *file, const char *link,
		      GElf_Word crc, char **debug_file)
{
	char path[64 + 2 * BUILD_ID_MAX] = "/usr/lib/debug/.build-id/";
	size_t at = strlen(path);
	const unsigned char *id;
	struct stat st;
	GElf_Addr address;
	int n = dw.build_id(module, &id, &address);

	(void)data, (void)name, (void)base, (void)file, (void)link, (void)crc,
	(void)debug_file;
	if (n < 2 || n > BUILD_ID_MAX)
		return -1;
	for (int i = 0; i < n; i++)
		at += sprintf(path + at, "%02x%s", id[i], i ? "" : "/");
	strcpy(path + at, ".debug");
	return regular_file_open(path, &st);
}

static char *no_path;
static const Dwfl_Callbacks callbacks = {
	.find_elf = find_elf, .find_debuginfo = find_debug,
	.debuginfo_path = &no_path,
};

/* Frames */

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread_arg)
{
	(void)dwfl;
	if (*thread_arg)
		return 0;
	*thread_arg = arg;
	return 1;
}

static bool is_on_stack(const struct unwinding *u, uint64_t address)
{
	return address - u->request.base <= u->request.size;
}

static void add_word(struct unwinding *u, const struct unwind_word *word)
{
	if (u->words && u->words->n < UNWIND_WORDS)
		u->words->words[u->words->n++] = *word;
}

/*
 * libdw read these words of the stack to find the caller. Keeps those words
 * that are the address of the caller or of its frame. The other words are saved
 * registers, whose data does not decide who the caller is.
 */
static void keep_words(struct unwinding *u, uint64_t pc)
{
	for (size_t i = 0; i < u->n_read; i++)
		if (u->read[i].value == pc ||
		    is_on_stack(u, u->read[i].value))
			add_word(u, &u->read[i]);
	u->n_read = 0;
}

static bool read_memory(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *word,
			void *arg)
{
	struct unwinding *u = arg;
	uint64_t at = address - u->request.base;

	(void)dwfl;
	if (address < u->request.base || at >= u->request.size ||
	    u->request.size - at < sizeof(*word))
		return false;
	memcpy(word, u->stack + at, sizeof(*word));
	if (u->n_read < READ_MAX)
		u->read[u->n_read++] = (struct unwind_word){ address, *word };
	return true;
}

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
	const struct unwinding *u = arg;

	dw.register_pc(thread, u->request.regs[UNWIND_PC]);
	for (int i = 0; i < UNWIND_PC; i++) {
		Dwarf_Word word = u->request.regs[i];

		if (u->request.known >> i & 1 &&
		    !dw.registers(thread, i, 1, &word))
			return false;
	}
	return true;
}

static const Dwfl_Thread_Callbacks thread_callbacks = {
	.next_thread = next_thread, .memory_read = read_memory,
	.set_initial_registers = set_registers,
};

/* Rust's legacy names end in a hash. */
static void cut_hash(char *name)
{
	enum { HASH = sizeof("::h0123456789abcdef") - 1 };
	size_t n = strlen(name);

	if (n > HASH && !strncmp(name + n - HASH, "::h", 3) &&
	    strspn(name + n - HASH + 3, "0123456789abcdef") == HASH - 3)
		name[n - HASH] = '\0';
}

static void readable(const char *symbol, char name[STACK_FUNCTION_MAX + 1])
{
	char *plain = NULL;
	int status = -1;

	if (!symbol)
		symbol = "";
	snprintf(name, STACK_FUNCTION_MAX + 1, "%s", symbol);
	/* cut the version of the symbol */
	name[strcspn(name, "@")] = '\0';
	if (demangle && !strncmp(symbol, "_Z", 2))
		plain = demangle(symbol, NULL, NULL, &status);
	if (plain && !status) {
		cut_hash(plain);
		snprintf(name, STACK_FUNCTION_MAX + 1, "%s", plain);
	}
	free(plain);
}

/* Returns the path for code in a file that could not be read, or in no file. */
static const char *mapped_file(const struct unwinding *u, uint64_t pc)
{
	for (size_t i = 0; i < u->request.n_mappings; i++)
		if (pc >= u->mappings[i].start && pc < u->mappings[i].end &&
		    strncmp(u->paths[i], "//anon", 6))
			return u->paths[i];
	return "anonymous memory";
}

static int add_frame(Dwfl_Frame *state, void *arg)
{
	struct unwinding *u = arg;
	char name[STACK_FUNCTION_MAX + 1] = "";
	struct stack_frame frame = { .function = name };
	Dwfl_Module *module;
	Dwarf_Addr pc, bias = 0;
	GElf_Off offset;
	GElf_Sym symbol;
	bool is_signal;
	int n;

	if (!dw.frame_pc(state, &pc, &is_signal) || !pc)
		return DWARF_CB_ABORT;
	keep_words(u, pc);
	/*
	 * The innermost frame is not that of a signal handler: its pc is behind
	 * the instruction that made the system call.
	 */
	is_signal &= u->to.n > 0;
	module = dw.addrmodule(u->dwfl, pc - !is_signal);
	frame.file = mapped_file(u, pc - !is_signal);
	if (module && dw.getelf(module, &bias)) {
		readable(dw.addrinfo(module, pc - !is_signal, &offset, &symbol,
				     NULL, NULL, NULL), name);
		frame.file = dw.info(module, NULL, NULL, NULL, NULL, NULL,
				     NULL, NULL);
		frame.address = pc - bias;
		n = dw.build_id(module, &frame.build_id, &bias);
		frame.build_id_size = n > 0 && n <= BUILD_ID_MAX ? n : 0;
	}
	return stack_add(&u->to, &frame) ? DWARF_CB_OK : DWARF_CB_ABORT;
}

/* The child */

static bool parse(struct unwinding *u, const uint8_t *at, size_t size)
{
	const uint8_t *end = at + size;

	if (size < sizeof(u->request))
		return false;
	memcpy(&u->request, at, sizeof(u->request));
	u->stack = at += sizeof(u->request);
	if (u->request.size > (size_t)(end - at) ||
	    u->request.n_mappings > UNWIND_MAPPINGS)
		return false;
	at += u->request.size;
	for (size_t i = 0; i < u->request.n_mappings; i++) {
		const uint8_t *nul;

		if ((size_t)(end - at) <= sizeof(u->mappings[i]))
			return false;
		memcpy(&u->mappings[i], at, sizeof(u->mappings[i]));
		at += sizeof(u->mappings[i]);
		u->paths[i] = (const char *)at;
		nul = memchr(at, '\0', end - at);
		if (!nul)
			return false;
		at = nul + 1;
	}
	return true;
}

static size_t unwind(const void *request, size_t size, uint8_t *answer,
		     struct unwind_words *words)
{
	static struct unwinding u;

	u = (struct unwinding){ .words = words };
	current = &u;
	stack_begin(&u.to, answer, NULL, 0);
	if (!dw.begin || !parse(&u, request, size))
		return 1;
	elf_version(EV_CURRENT);
	if (n_objects > OBJECTS_MAX - UNWIND_MAPPINGS)
		forget_objects();
	u.dwfl = dw.begin(&callbacks);
	if (!u.dwfl)
		return 1;
	dw.report_begin(u.dwfl);
	for (size_t i = 0; i < u.request.n_mappings; i++)
		report(&u, i);
	if (!dw.report_end(u.dwfl, NULL, NULL) &&
	    dw.attach_state(u.dwfl, NULL, 1, &thread_callbacks, &u))
		dw.getthread_frames(u.dwfl, 1, add_frame, &u);
	dw.end(u.dwfl);
	/* libdw read these words and found no further caller. */
	for (size_t i = 0; i < u.n_read; i++)
		add_word(&u, &u.read[i]);
	return u.to.size;
}

size_t unwind_work(void *unused, const void *request, size_t size,
		   void *answer)
{
	(void)unused;
	return unwind(request, size, answer, NULL);
}

size_t unwind_words_work(void *unused, const void *request, size_t size,
			 void *answer)
{
	struct unwind_words *words = answer;

	(void)unused;
	*words = (struct unwind_words){ 0 };
	return sizeof(*words) + unwind(request, size, words->detail, words);
}
