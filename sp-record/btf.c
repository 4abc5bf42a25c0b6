/* SPDX-License-Identifier: Apache-2.0 */
#include "btf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

/* The formats of BTF: linux/btf.h, Documentation/bpf/btf.rst. */
struct kernel_btf {
	void *data;
	size_t size;
	bool mapped;
	const char *types, *types_end;
	const char *strings;
	size_t strings_size;
	/* offset of each type, indexed by its id; id 0 is void */
	uint32_t *offsets;	/* of the types 0, STEP, 2 * STEP …; 0 is void */
	uint32_t n;
	struct named {
		const struct btf_type *type;
		uint32_t id;
	/* structures with a name, in the order of their ids */
	} *structs;
	size_t n_structs;
	struct btf_ids ids;	/* ids of functions */
};

enum { STEP = 16 };

/* One of our structures, and the kernel's structure with the same name. */
struct wanted {
	const char *name;
	const struct btf_type *local;
	/* NULL: the kernel has no such structure */
	const struct btf_type *kernel;
	uint32_t kernel_id;
	/* the kernel's structures with that name */
	struct named candidates[4];
	int id;				/* id in the excerpt */
};

enum { BEGINNINGS = 1024 };

struct excerpt {
	const struct btf *local;
	const struct kernel_btf *kernel;
	struct wanted *wanted;
	size_t n;
	/* Whether a wanted name has this value of beginning(). */
	bool begins[BEGINNINGS];
	struct btf *btf;
	int n_arrays;
};

/* The ids of the excerpt's first types. The structures follow them. */
enum {
	ID_VOID, ID_POINTER, ID_U8, ID_U16, ID_U32, ID_U64, ID_ATOMIC,
	ID_STRUCTS
};

/* The kernel's BTF */

/*
 * Maps the file, which is possible since Linux 6.16, or reads it a page at a
 * time.
 */
static bool read_file(struct kernel_btf *k, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	size_t got = 0;
	ssize_t n = 1;

	if (fd < 0 || fstat(fd, &st) || st.st_size <= 0) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	k->size = st.st_size;
	k->data = mmap(NULL, k->size, PROT_READ, MAP_PRIVATE, fd, 0);
	k->mapped = k->data != MAP_FAILED;
	if (!k->mapped) {
		k->data = xcalloc(k->size, 1);
		while (got < k->size && n > 0) {
			n = read(fd, (char *)k->data + got, k->size - got);
			got += n > 0 ? n : 0;
		}
	}
	close(fd);
	return k->mapped || got == k->size;
}

static bool find_sections(struct kernel_btf *k)
{
	const struct btf_header *h = k->data;
	uint64_t types, strings;

	if (k->size < sizeof(*h) || h->magic != BTF_MAGIC)
		return false;
	types = (uint64_t)h->hdr_len + h->type_off;
	strings = (uint64_t)h->hdr_len + h->str_off;
	if (types + h->type_len > k->size || strings + h->str_len > k->size ||
	    !h->str_len)
		return false;
	k->types = (char *)k->data + types;
	k->types_end = k->types + h->type_len;
	k->strings = (char *)k->data + strings;
	k->strings_size = h->str_len;
	return !k->strings[k->strings_size - 1];
}

/*
 * Returns the number of bytes that follow a type's struct btf_type. Returns
 * SIZE_MAX for an unknown kind.
 */
static inline size_t rest_size(const struct btf_type *t)
{
	static const struct {
		bool known;
		/*
		 * Sizes in bytes: a fixed part, and each of the type's `vlen`
		 * elements.
		 */
		uint8_t fixed, each;
	} sizes[32] = {
		[BTF_KIND_FWD] = { true, 0, 0 },
		[BTF_KIND_CONST] = { true, 0, 0 },
		[BTF_KIND_VOLATILE] = { true, 0, 0 },
		[BTF_KIND_RESTRICT] = { true, 0, 0 },
		[BTF_KIND_PTR] = { true, 0, 0 },
		[BTF_KIND_TYPEDEF] = { true, 0, 0 },
		[BTF_KIND_FUNC] = { true, 0, 0 },
		[BTF_KIND_FLOAT] = { true, 0, 0 },
		[BTF_KIND_TYPE_TAG] = { true, 0, 0 },
		[BTF_KIND_INT] = { true, sizeof(uint32_t), 0 },
		[BTF_KIND_ENUM] = { true, 0, sizeof(struct btf_enum) },
		[BTF_KIND_ENUM64] = { true, 0, sizeof(struct btf_enum64) },
		[BTF_KIND_ARRAY] = { true, sizeof(struct btf_array), 0 },
		[BTF_KIND_STRUCT] = { true, 0, sizeof(struct btf_member) },
		[BTF_KIND_UNION] = { true, 0, sizeof(struct btf_member) },
		[BTF_KIND_FUNC_PROTO] = { true, 0, sizeof(struct btf_param) },
		[BTF_KIND_VAR] = { true, sizeof(struct btf_var), 0 },
		[BTF_KIND_DATASEC] = {
			true, 0, sizeof(struct btf_var_secinfo)
		},
		[BTF_KIND_DECL_TAG] = { true, sizeof(struct btf_decl_tag), 0 },
	};
	unsigned int kind = btf_kind(t);

	return sizes[kind].known ?
		sizes[kind].fixed + (size_t)sizes[kind].each * btf_vlen(t) :
		SIZE_MAX;
}

static const char *string_at(const struct kernel_btf *k, uint32_t offset)
{
	return offset < k->strings_size ? k->strings + offset : "";
}

/*
 * Returns a hash of up to four characters. Only names with the same hash as a
 * wanted name are compared: the kernel has some ten thousand structures.
 */
static uint32_t beginning(const char *name)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < 4 && name[i]; i++)
		hash = 31 * hash + (unsigned char)name[i];
	return hash % BEGINNINGS;
}

static void add_candidate(struct wanted *w, const struct named *found)
{
	for (size_t i = 0; i < 4; i++)
		if (!w->candidates[i].type) {
			w->candidates[i] = *found;
			return;
		}
}

static void note_struct(struct excerpt *e, const struct named *found)
{
	const char *name = string_at(e->kernel, found->type->name_off);

	if (!e->begins[beginning(name)])
		return;
	for (size_t i = 0; i < e->n; i++)
		if (*name == *e->wanted[i].name &&
		    !strcmp(name, e->wanted[i].name))
			add_candidate(&e->wanted[i], found);
}

/*
 * Returns the offset of a name among the strings, each of which occurs once.
 * Returns 0 if the name is missing. One search is faster than comparing the
 * names of fifty thousand functions.
 */
static uint32_t find_name(const struct kernel_btf *k, const char *name)
{
	const char *at = k->strings;
	size_t size = strlen(name) + 1;

	while ((at = memmem(at + 1, k->strings + k->strings_size - at - 1, name,
			    size)) && at[-1])
		;
	return at ? at - k->strings : 0;
}

/*
 * Offsets of the hooks' names among the strings. 0: the kernel lacks the hook.
 */
struct hook_names {
	uint32_t names[BTF_HOOKS];
	uint32_t first, last;	/* lowest and highest offset */
};

/* All hooks' names begin with the same text, so one search finds them. */
static void find_hooks(const struct kernel_btf *k, struct hook_names *hooks)
{
	static const char start[] = "security_path_";
	const char *at = k->strings, *end = at + k->strings_size;

	for (; (at = memmem(at, end - at, start, sizeof(start) - 1)); at++) {
		uint32_t offset = at - k->strings;

		for (size_t i = 0; i < BTF_HOOKS; i++)
			if (!at[-1] && !strcmp(at, btf_hooks[i]))
				hooks->names[i] = offset;
		hooks->first = offset < hooks->first ? offset : hooks->first;
		hooks->last = offset;
	}
}

static void note_hook(struct kernel_btf *k, const struct btf_type *t,
		      const struct hook_names *hooks)
{
	if (t->name_off < hooks->first || t->name_off > hooks->last)
		return;
	for (size_t i = 0; i < BTF_HOOKS; i++)
		if (hooks->names[i] == t->name_off)
			k->ids.hooks[i] = k->n;
}

static void add_struct(struct kernel_btf *k, const struct btf_type *t)
{
	k->structs = xgrow(k->structs, k->n_structs, sizeof(*k->structs));
	k->structs[k->n_structs++] = (struct named){ t, k->n };
}

/*
 * Reads all types once. Notes the offset of every STEP-th type, and of the
 * needed types.
 */
static bool index_types(struct kernel_btf *k, const struct btf_wishes *wishes)
{
	uint32_t cast_name = find_name(k, "bpf_rdonly_cast");
	uint32_t iterator_name = wishes->iterator ?
		find_name(k, "bpf_iter_task") : 0;
	struct hook_names hooks = { .first = UINT32_MAX };
	size_t room = (k->types_end - k->types) / sizeof(struct btf_type) + 2;
	const char *at = k->types;

	if (wishes->hooks)
		find_hooks(k, &hooks);
	k->offsets = xcalloc(room / STEP + 1, sizeof(*k->offsets));
	for (k->n = 1; at < k->types_end; k->n++) {
		const struct btf_type *t = (const void *)at;
		size_t rest;

		if ((size_t)(k->types_end - at) < sizeof(*t))
			return false;
		rest = rest_size(t);
		if (rest > (size_t)(k->types_end - at) - sizeof(*t))
			return false;
		if (k->n % STEP == 0)
			k->offsets[k->n / STEP] = at - k->types;
		if (btf_kind(t) == BTF_KIND_STRUCT && t->name_off)
			add_struct(k, t);
		else if (btf_kind(t) == BTF_KIND_FUNC && t->name_off) {
			if (t->name_off == cast_name)
				k->ids.bpf_rdonly_cast = k->n;
			if (t->name_off == iterator_name)
				k->ids.bpf_iter_task = k->n;
			note_hook(k, t, &hooks);
		}
		at += sizeof(*t) + rest;
	}
	return true;
}

/* Returns a type. The id must be valid, and not 0, which is void. */
static const struct btf_type *type_at(const struct kernel_btf *k, uint32_t id)
{
	const char *at = k->types + k->offsets[id / STEP];

	for (uint32_t i = id < STEP ? 1 : id / STEP * STEP; i < id; i++)
		at += sizeof(struct btf_type) + rest_size((const void *)at);
	return (const void *)at;
}

/*
 * Skips typedefs and qualifiers of a type. Returns NULL for void, or if the BTF
 * is malformed.
 */
static const struct btf_type *type_of(const struct kernel_btf *k, uint32_t id)
{
	for (int i = 0; i < 32 && id && id < k->n; i++) {
		const struct btf_type *t = type_at(k, id);

		if (!btf_is_mod(t) && !btf_is_typedef(t))
			return t;
		id = t->type;
	}
	return NULL;
}

/*
 * Returns a member by its name, and its offset in bits. Also searches unnamed
 * members.
 */
static const struct btf_member *find_member(const struct kernel_btf *k,
					    const struct btf_type *t,
					    const char *name, uint32_t *bits,
					    int depth)
{
	const struct btf_member *m = btf_members(t);

	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		uint32_t offset = btf_member_bit_offset(t, i);
		const struct btf_member *found;
		const struct btf_type *inner;

		if (m[i].name_off) {
			if (strcmp(string_at(k, m[i].name_off), name))
				continue;
			*bits += offset;
			return btf_member_bitfield_size(t, i) ? NULL : &m[i];
		}
		inner = type_of(k, m[i].type);
		if (!inner || !btf_is_composite(inner) || depth > 8)
			continue;
		*bits += offset;
		found = find_member(k, inner, name, bits, depth + 1);
		if (found)
			return found;
		*bits -= offset;
	}
	return NULL;
}

static uint32_t count_members(const struct excerpt *e, const struct wanted *w,
			      const struct btf_type *candidate)
{
	const struct btf_member *m = btf_members(w->local);
	uint32_t bits, n = 0;

	for (uint32_t i = 0; i < btf_vlen(w->local); i++)
		n += find_member(e->kernel, candidate,
				 btf__name_by_offset(e->local, m[i].name_off),
				 &bits, 0) != NULL;
	return n;
}

/*
 * Chooses among structures with the same name the one that has most of our
 * members.
 */
static void choose(const struct excerpt *e, struct wanted *w)
{
	uint32_t most = 0;

	for (size_t i = 0; i < 4 && w->candidates[i].type; i++) {
		uint32_t n = count_members(e, w, w->candidates[i].type);

		if (!w->kernel || n > most) {
			w->kernel = w->candidates[i].type;
			w->kernel_id = w->candidates[i].id;
			most = n;
		}
	}
}

static uint32_t find_id(const struct excerpt *e, const char *name)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->wanted[i].kernel && !strcmp(e->wanted[i].name, name))
			return e->wanted[i].kernel_id;
	return 0;
}

/* The excerpt */

static int int_id(uint32_t size)
{
	switch (size) {
	case 1:
		return ID_U8;
	case 2:
		return ID_U16;
	case 4:
		return ID_U32;
	case 8:
		return ID_U64;
	default:
		return 0;
	}
}

/*
 * Returns the type of a member in the excerpt. Returns 0 if our programs read
 * no such member.
 */
static int id_of(const struct excerpt *e, const struct btf_type *t)
{
	if (!t)
		return 0;
	if (btf_is_ptr(t))
		return ID_POINTER;
	if (btf_is_int(t) || btf_is_enum(t))
		return int_id(t->size);
	if (btf_is_struct(t) && !t->name_off && t->size == sizeof(uint32_t))
		return ID_ATOMIC;
	for (size_t i = 0; i < e->n; i++)
		if (e->wanted[i].kernel == t)
			return e->wanted[i].id;
	/*
	 * This is a structure with one number, such as kernel_cap_t and
	 * mm_flags_t.
	 */
	return btf_is_struct(t) ? int_id(t->size) : 0;
}

/* Adds an array. Its id follows the structures, whose number is known. */
static int array_id(struct excerpt *e, const struct btf_type *t,
		    struct btf_array *arrays, int max)
{
	const struct btf_array *a = btf_array(t);
	int element = id_of(e, type_of(e->kernel, a->type));

	if (!element || e->n_arrays == max)
		return 0;
	arrays[e->n_arrays] = (struct btf_array){
		.type = element, .index_type = ID_U32, .nelems = a->nelems,
	};
	return ID_STRUCTS + e->n + e->n_arrays++;
}

static void add_member(struct excerpt *e, const struct wanted *w,
		       const char *name, struct btf_array *arrays, int max)
{
	uint32_t bits = 0;
	const struct btf_member *m = find_member(e->kernel, w->kernel, name,
						 &bits, 0);
	const struct btf_type *t = m ? type_of(e->kernel, m->type) : NULL;
	int id = t && btf_is_array(t) ? array_id(e, t, arrays, max) :
		id_of(e, t);

	if (id)
		btf__add_field(e->btf, name, id, bits, 0);
}

enum { MAX_ARRAYS = 16 };

static void write_types(struct excerpt *e)
{
	struct btf_array arrays[MAX_ARRAYS];

	btf__add_ptr(e->btf, 0);
	btf__add_int(e->btf, "u8", 1, 0);
	btf__add_int(e->btf, "u16", 2, 0);
	btf__add_int(e->btf, "u32", 4, 0);
	btf__add_int(e->btf, "u64", 8, 0);
	btf__add_struct(e->btf, "", sizeof(uint32_t));	/* atomic_t */
	btf__add_field(e->btf, "counter", ID_U32, 0, 0);
	btf__add_field(e->btf, "val", ID_U32, 0, 0);	/* kuid_t */
	for (size_t i = 0; i < e->n; i++) {
		const struct wanted *w = &e->wanted[i];
		const struct btf_member *m = btf_members(w->local);

		/*
		 * An unnamed structure takes the id of one that the kernel
		 * lacks.
		 */
		btf__add_struct(e->btf, w->kernel ? w->name : "",
				w->kernel ? w->kernel->size : 0);
		for (uint32_t j = 0; w->kernel && j < btf_vlen(w->local); j++)
			add_member(e, w, btf__name_by_offset(e->local,
							     m[j].name_off),
				   arrays, MAX_ARRAYS);
	}
	for (int i = 0; i < e->n_arrays; i++)
		btf__add_array(e->btf, arrays[i].index_type, arrays[i].type,
			       arrays[i].nelems);
}

/* Lists our structures that have a name. */
static void list_wanted(struct excerpt *e)
{
	uint32_t n = btf__type_cnt(e->local);

	e->wanted = xcalloc(n, sizeof(*e->wanted));
	for (uint32_t id = 1; id < n; id++) {
		const struct btf_type *t = btf__type_by_id(e->local, id);

		if (!btf_is_struct(t) || !t->name_off)
			continue;
		e->wanted[e->n].name = btf__name_by_offset(e->local,
							   t->name_off);
		e->wanted[e->n].local = t;
		e->wanted[e->n].id = ID_STRUCTS + e->n;
		e->begins[beginning(e->wanted[e->n].name)] = true;
		e->n++;
	}
}

static bool to_file(const struct btf *btf, int fd)
{
	uint32_t size;
	const char *data = btf__raw_data(btf, &size);

	return data && write(fd, data, size) == (ssize_t)size;
}

static void release(struct kernel_btf *k)
{
	if (k->mapped)
		munmap(k->data, k->size);
	else
		free(k->data);
	free(k->offsets);
	free(k->structs);
}

uint32_t btf_unknown_kind(void)
{
	struct kernel_btf k = { 0 };
	uint32_t unknown = 0;
	const char *at;

	if (read_file(&k, "/sys/kernel/btf/vmlinux") && find_sections(&k))
		for (at = k.types; !unknown && at < k.types_end;) {
			const struct btf_type *t = (const void *)at;
			size_t rest = (size_t)(k.types_end - at) < sizeof(*t) ?
				0 : rest_size(t);

			if (rest == SIZE_MAX)
				unknown = btf_kind(t);
			at += sizeof(*t) + rest;
		}
	release(&k);
	return unknown;
}

struct kernel_btf *btf_read(const struct btf_wishes *wishes)
{
	struct kernel_btf *k = xcalloc(1, sizeof(*k));

	if (read_file(k, "/sys/kernel/btf/vmlinux") && find_sections(k) &&
	    index_types(k, wishes))
		return k;
	btf_free(k);
	return NULL;
}

void btf_free(struct kernel_btf *k)
{
	if (k)
		release(k);
	free(k);
}

bool btf_write_excerpt(const struct kernel_btf *kernel,
		       const struct btf *local, int fd, struct btf_ids *ids)
{
	struct excerpt e = { .local = local, .kernel = kernel };
	bool ok = false;

	list_wanted(&e);
	e.btf = btf__new_empty();
	if (e.btf) {
		for (size_t i = 0; i < kernel->n_structs; i++)
			note_struct(&e, &kernel->structs[i]);
		for (size_t i = 0; i < e.n; i++)
			choose(&e, &e.wanted[i]);
		*ids = kernel->ids;
		ids->task_struct = find_id(&e, "task_struct");
		ids->pt_regs = find_id(&e, "pt_regs");
		ids->file = find_id(&e, "file");
		ids->dentry = find_id(&e, "dentry");
		write_types(&e);
		ok = to_file(e.btf, fd);
	}
	btf__free(e.btf);
	free(e.wanted);
	return ok;
}
