/* SPDX-License-Identifier: Apache-2.0 */
#include "naming.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "kernel/path.h"
#include "names.h"
#include "tracer-private.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

enum {
	NAMES_MAX = 1 << 18,
	UNCOUNTED_MAX = 1 << 20,	/* that have no place in the kernel */
	RING_SIZE = 16 << 20,		/* bytes */
};

enum {
	NONE = ARG_NONE, HOW = ARG_HOW,
	TYPE_FILE = 8 << NAME_TYPE_SHIFT,
	TYPE_DIR = 4 << NAME_TYPE_SHIFT, TYPE_LINK = 10 << NAME_TYPE_SHIFT,
	O_CREATE = 0100 | 01 | 01000,	/* what creat(2) opens with */
};

/* Arguments are given by their index; no directory is the current one. */
#define NAME(call, at, access) \
	{ call, { NAMES_BY_NAME, NONE, at, NONE, NONE, NONE, access, 0 } }
#define AT(call, directory, at, access) \
	{ call, { NAMES_BY_NAME, directory, at, NONE, NONE, NONE, access, 0 } }
#define FLAGS(call, directory, at, flags, access) \
	{ call, { NAMES_BY_NAME, directory, at, NONE, NONE, flags, access, 0 } }
#define TWO(call, directory, at, directory2, at2, flags, accesses) \
	{ call, { NAMES_TWO, directory, at, directory2, at2, flags, accesses } }
#define OPEN(call, directory, at, flags, more) \
	{ call, { NAMES_OPEN, directory, at, NONE, NONE, flags, 0, more } }
#define OTHER(call, kind, directory, at, flags, access) \
	{ call, { kind, directory, at, NONE, NONE, flags, access, 0 } }
#define MOVED (NAME_RENAME | NAME_DELETE), (NAME_RENAME | NAME_CREATE)
#define LINKED NAME_LINK, (NAME_LINK | NAME_CREATE)

static const struct {
	const char *call;
	struct name_spec spec;
} table[] = {
	OPEN("open", NONE, 0, 1, 0),
	OPEN("openat", 0, 1, 2, 0),
	OPEN("openat2", 0, 1, HOW, 0),
	OPEN("creat", NONE, 0, NONE, O_CREATE),
	OPEN("open_by_handle_at", NONE, NONE, 2, 0),
	OTHER("mq_open", NAMES_QUEUE, NONE, 0, 1, TYPE_FILE),
	OTHER("mq_unlink", NAMES_QUEUE, NONE, 0, NONE, NAME_DELETE | TYPE_FILE),
	OTHER("execve", NAMES_EXEC, NONE, 0, NONE, NAME_EXECUTE),
	OTHER("execveat", NAMES_EXEC, 0, 1, NONE, NAME_EXECUTE),
	OTHER("chdir", NAMES_CHDIR, NONE, 0, NONE, NAME_LOOK),
	OTHER("mmap", NAMES_MAP, NONE, NONE, NONE, NAME_MAP),
	OTHER("mmap2", NAMES_MAP, NONE, NONE, NONE, NAME_MAP),
	OTHER("ftruncate", NAMES_FILE, 0, NONE, NONE,
	      NAME_WRITE | NAME_TRUNCATE),
	OTHER("ftruncate64", NAMES_FILE, 0, NONE, NONE,
	      NAME_WRITE | NAME_TRUNCATE),
	OTHER("fchmod", NAMES_FILE, 0, NONE, NONE, NAME_CHANGE),
	OTHER("fchown", NAMES_FILE, 0, NONE, NONE, NAME_CHANGE),
	OTHER("fchown32", NAMES_FILE, 0, NONE, NONE, NAME_CHANGE),
	OTHER("fsetxattr", NAMES_FILE, 0, NONE, NONE, NAME_CHANGE),
	OTHER("fremovexattr", NAMES_FILE, 0, NONE, NONE, NAME_CHANGE),
	OTHER("flock", NAMES_LOCK, 0, NONE, NONE, 0),
	OTHER("fcntl", NAMES_LOCK, 0, NONE, 1, 0),
	OTHER("fcntl64", NAMES_LOCK, 0, NONE, 1, 0),
	NAME("mount", 1, NAME_MOUNT), AT("move_mount", 2, 3, NAME_MOUNT),
	AT("mount_setattr", 0, 1, NAME_MOUNT), NAME("umount", 0, NAME_MOUNT),
	NAME("umount2", 0, NAME_MOUNT), NAME("pivot_root", 0, NAME_MOUNT),
	NAME("stat", 0, NAME_LOOK), NAME("lstat", 0, NAME_LOOK),
	NAME("stat64", 0, NAME_LOOK), NAME("lstat64", 0, NAME_LOOK),
	NAME("oldstat", 0, NAME_LOOK), NAME("oldlstat", 0, NAME_LOOK),
	AT("newfstatat", 0, 1, NAME_LOOK), AT("fstatat64", 0, 1, NAME_LOOK),
	AT("statx", 0, 1, NAME_LOOK),
	NAME("access", 0, NAME_LOOK), AT("faccessat", 0, 1, NAME_LOOK),
	AT("faccessat2", 0, 1, NAME_LOOK),
	NAME("readlink", 0, NAME_LOOK), AT("readlinkat", 0, 1, NAME_LOOK),
	NAME("statfs", 0, NAME_LOOK), NAME("statfs64", 0, NAME_LOOK),
	NAME("getxattr", 0, NAME_LOOK), NAME("lgetxattr", 0, NAME_LOOK),
	AT("getxattrat", 0, 1, NAME_LOOK),
	NAME("listxattr", 0, NAME_LOOK), NAME("llistxattr", 0, NAME_LOOK),
	AT("listxattrat", 0, 1, NAME_LOOK),
	NAME("chroot", 0, NAME_LOOK),
	NAME("inotify_add_watch", 1, NAME_LOOK),
	AT("name_to_handle_at", 0, 1, NAME_LOOK),
	AT("open_tree", 0, 1, NAME_LOOK), AT("fspick", 0, 1, NAME_LOOK),
	NAME("chmod", 0, NAME_CHANGE), AT("fchmodat", 0, 1, NAME_CHANGE),
	AT("fchmodat2", 0, 1, NAME_CHANGE),
	NAME("chown", 0, NAME_CHANGE), NAME("lchown", 0, NAME_CHANGE),
	NAME("chown32", 0, NAME_CHANGE), NAME("lchown32", 0, NAME_CHANGE),
	AT("fchownat", 0, 1, NAME_CHANGE),
	NAME("utime", 0, NAME_CHANGE), NAME("utimes", 0, NAME_CHANGE),
	AT("futimesat", 0, 1, NAME_CHANGE), AT("utimensat", 0, 1, NAME_CHANGE),
	AT("utimensat_time64", 0, 1, NAME_CHANGE),
	NAME("setxattr", 0, NAME_CHANGE), NAME("lsetxattr", 0, NAME_CHANGE),
	AT("setxattrat", 0, 1, NAME_CHANGE),
	NAME("removexattr", 0, NAME_CHANGE),
	NAME("lremovexattr", 0, NAME_CHANGE),
	AT("removexattrat", 0, 1, NAME_CHANGE),
	NAME("truncate", 0, NAME_TRUNCATE), NAME("truncate64", 0, NAME_TRUNCATE),
	NAME("mkdir", 0, NAME_CREATE | TYPE_DIR),
	AT("mkdirat", 0, 1, NAME_CREATE | TYPE_DIR),
	FLAGS("mknod", NONE, 0, 1, NAME_CREATE),
	FLAGS("mknodat", 0, 1, 2, NAME_CREATE),
	NAME("symlink", 1, NAME_CREATE | TYPE_LINK),
	AT("symlinkat", 1, 2, NAME_CREATE | TYPE_LINK),
	NAME("unlink", 0, NAME_DELETE),
	NAME("rmdir", 0, NAME_DELETE | TYPE_DIR),
	FLAGS("unlinkat", 0, 1, 2, NAME_DELETE),
	TWO("link", NONE, 0, NONE, 1, NONE, LINKED),
	TWO("linkat", 0, 1, 2, 3, NONE, LINKED),
	TWO("rename", NONE, 0, NONE, 1, NONE, MOVED),
	TWO("renameat", 0, 1, 2, 3, NONE, MOVED),
	TWO("renameat2", 0, 1, 2, 3, 4, MOVED),
	OTHER("bind", NAMES_ADDRESS, NONE, 1, 2, SOCKET_BIND),
	OTHER("connect", NAMES_ADDRESS, NONE, 1, 2, SOCKET_CONNECT),
	OTHER("sendto", NAMES_ADDRESS, NONE, 4, 5, SOCKET_SEND),
	OTHER("sendmsg", NAMES_MESSAGE, NONE, 1, NONE, SOCKET_SEND),
	OTHER("sendmmsg", NAMES_MESSAGE, NONE, 1, NONE, SOCKET_SEND),
	OTHER("listen", NAMES_LISTEN, NONE, NONE, NONE, SOCKET_LISTEN),
};
enum { N_CALLS = sizeof(table) / sizeof(table[0]) };
_Static_assert((int)N_CALLS < (int)NAME_SPECS, "an element for each");

enum { NR_X86_MMAP = 90 };

struct spec_setting {
	struct record *skel;
	uint8_t index;
};

static void set_spec(void *setting, uint32_t row, uint32_t at,
		     struct call_id id)
{
	const struct spec_setting *s = setting;

	/* The mmap of 32-bit x86 has its arguments in memory: mmap(2). */
	if (table[s->index - 1].spec.kind == NAMES_MAP &&
	    at == NR_X86_MMAP && id.arch == AUDIT_ARCH_I386)
		return;
	s->skel->rodata->name_calls[row][at] = s->index;
}

void naming_prepare(struct record *skel, bool wanted)
{
	struct spec_setting s = { .skel = skel };

	bpf_map__set_autocreate(skel->maps.names, wanted);
	bpf_map__set_autocreate(skel->maps.lost_names, wanted);
	bpf_map__set_autocreate(skel->maps.name_ring, wanted);
	bpf_map__set_autocreate(skel->maps.name_scratch, wanted);
	if (!wanted)
		return;
	bpf_map__set_max_entries(skel->maps.names, NAMES_MAX);
	bpf_map__set_max_entries(skel->maps.name_ring, RING_SIZE);
	for (size_t i = 0; i < N_CALLS; i++) {
		s.index = i + 1;
		memcpy((void *)&skel->rodata->name_specs[s.index],
		       &table[i].spec, sizeof(table[i].spec));
		for_each_number(table[i].call, set_spec, &s);
	}
}

/* A string that has come: bytes of the place, and then the name's. */
struct arrived {
	UT_hash_handle hh, by_hash;
	struct name_tally uncounted;	/* sights that `names` had no room for */
	char *resolved;			/* without symbolic links; NULL: not known */
	uint32_t type;			/* NAME_TYPE; 0: not known */
	struct name_event head;
	uint8_t bytes[];
};

struct naming {
	struct arrived *arrived;	/* by key */
	struct arrived *sources;	/* of moves: by hash, one of each */
	size_t n_uncounted;
	uint64_t lost;			/* names beyond UNCOUNTED_MAX */
	struct ring_buffer *ring;
};

/* The place's path, and what follows it, as one. */
static char *joined(const struct arrived *a, const uint8_t *name, size_t size)
{
	const char *cut = a->head.cut ? "..." : "";
	int place_size = a->head.place_size;
	const char *place = (const char *)a->bytes;

	if (!size)
		return xasprintf("%s%.*s%s", cut, place_size, place,
				 place_size ? "" : "/");
	if (!(a->head.place & PLACE_IS))
		return xasprintf("%.*s", (int)size, (const char *)name);
	return xasprintf("%s%.*s/%.*s", cut, place_size, place, (int)size,
			 (const char *)name);
}

/* What follows the place: a name, or the path of a socket's address. */
static char *given_path(const struct arrived *a)
{
	const uint8_t *name = a->bytes + a->head.place_size;
	size_t size = a->head.name_size;

	if (a->head.key.is_socket && size >= 2) {
		name += 2;
		size = strnlen((const char *)name, size - 2);
	}
	return joined(a, name, size);
}

/* The kernel follows the last link in these, too. */
static bool follows(const struct name_key *key)
{
	return key->is_socket ?
		(key->access & SOCKET_OPERATION) != SOCKET_BIND :
		key->access & (NAME_EXECUTE | NAME_CHANGE | NAME_TRUNCATE |
			       NAME_MOUNT);
}

/*
 * A name that a call was given goes by symbolic links that the kernel followed.
 * They are followed again as soon as the name comes, while they are likely to
 * be there; what opens the file is noted without them.
 */
static void resolve(struct arrived *a)
{
	const struct name_key *key = &a->head.key;
	struct stat st;
	char *path;

	if (!(a->head.place & PLACE_OURS) || a->head.cut || key->answer ||
	    (!key->is_socket && (!(key->access & NAME_GIVEN) ||
	     key->access & (NAME_LOOK | NAME_UNREAD | NAME_CUT))))
		return;
	path = given_path(a);
	a->resolved = path_resolve(path, follows(key));
	if (a->resolved && !key->is_socket && !(key->access & NAME_TYPE) &&
	    !(key->access & NAME_DELETE && !(key->access & NAME_CREATE)) &&
	    !lstat(a->resolved, &st))
		a->type = (st.st_mode >> 12 & 0xf) << NAME_TYPE_SHIFT;
	free(path);
}

/*
 * The record of a move knows its source by the hash of the name alone, which
 * other uses of the name share: stat(2) does not follow the links that a rename
 * does. A move that succeeded is the better source.
 */
static void keep_source(struct naming *n, struct arrived *a)
{
	const struct name_key *key = &a->head.key;
	struct arrived *same;

	if (key->is_socket || !(key->access & (NAME_RENAME | NAME_LINK)))
		return;
	HASH_FIND(by_hash, n->sources, &key->hash, sizeof(key->hash), same);
	if (same && same->head.key.answer && !key->answer) {
		HASH_DELETE(by_hash, n->sources, same);
		same = NULL;
	}
	if (!same)
		HASH_ADD(by_hash, n->sources, head.key.hash,
			 sizeof(key->hash), a);
}

/* NULL: it is not whole, or one too many. */
static struct arrived *keep_name(struct naming *n,
				 const struct name_event *head, size_t size)
{
	size_t bytes = (size_t)head->place_size + head->name_size;
	struct arrived *a;

	if (size < sizeof(*head) + bytes)
		return NULL;
	if (head->uncounted_ns && n->n_uncounted++ >= UNCOUNTED_MAX) {
		n->lost++;
		return NULL;
	}
	a = xcalloc(1, sizeof(*a) + bytes);
	memcpy(&a->head, head, sizeof(*head) + bytes);
	HASH_ADD(hh, n->arrived, head.key, sizeof(a->head.key), a);
	keep_source(n, a);
	resolve(a);
	return a;
}

static int on_name(void *naming, void *data, size_t size)
{
	const struct name_event *head = data;
	struct naming *n = naming;
	struct arrived *a;

	if (size < sizeof(*head))
		return 0;
	HASH_FIND(hh, n->arrived, &head->key, sizeof(head->key), a);
	if (!a)
		a = keep_name(n, head, size);
	if (!a || !head->uncounted_ns)
		return 0;
	if (!a->uncounted.count++ || head->uncounted_ns < a->uncounted.first_ns)
		a->uncounted.first_ns = head->uncounted_ns;
	return 0;
}

struct naming *naming_open(struct record *skel)
{
	struct naming *n = xcalloc(1, sizeof(*n));

	n->ring = ring_buffer__new(bpf_map__fd(skel->maps.name_ring), on_name,
				   n, NULL);
	if (n->ring)
		return n;
	free(n);
	return NULL;
}

void naming_free(struct naming *n)
{
	struct arrived *a, *next;

	if (!n)
		return;
	HASH_CLEAR(by_hash, n->sources);
	HASH_ITER(hh, n->arrived, a, next) {
		HASH_DELETE(hh, n->arrived, a);
		free(a->resolved);
		free(a);
	}
	ring_buffer__free(n->ring);
	free(n);
}

int naming_fd(const struct naming *n)
{
	return ring_buffer__epoll_fd(n->ring);
}

void naming_take(struct naming *n)
{
	ring_buffer__consume(n->ring);
}

struct collecting {
	const struct naming *naming;
	struct trace *trace;
	naming_place *place;
	void *arg;
	/* Of the name at hand: */
	struct sighting sighting;
	uint32_t image;
};

static void add_path(struct collecting *c, uint32_t access, int32_t answer,
		     char *path)
{
	struct call fact = {
		.image = c->image, .id = { 0, access }, .answer = answer,
		.detail = (uint8_t *)path, .detail_size = strlen(path),
	};

	if (fact.detail_size > PATH_FACT_MAX) {
		fact.detail_size = PATH_FACT_MAX;
		fact.id.nr |= NAME_CUT;
	}
	trace_sum_fact(c->trace, FACT_PATH, &fact, &c->sighting);
}

static char *file_path(const struct arrived *a)
{
	char *path = a->resolved ? xstrdup(a->resolved) : given_path(a);

	if (a->head.key.access & NAME_GIVEN)
		path_simplify(path);
	return path;
}

/* A name of which nothing but its key is known. */
static void add_lost(struct collecting *c, const struct name_key *key)
{
	struct call fact = {
		.image = c->image, .answer = key->answer,
		.id = { key->access >> SOCKET_FAMILY_SHIFT,
			(key->access & SOCKET_FACT) | SOCKET_LOST },
	};
	char path[] = "...";

	if (key->is_socket)
		trace_sum_fact(c->trace, FACT_SOCKET, &fact, &c->sighting);
	else
		add_path(c, key->access | NAME_LOST | NAME_CUT, key->answer,
			 path);
}

/* Where a new name came from; false: the string of that never came. */
static bool add_move(struct collecting *c, const struct arrived *to,
		     const char *path)
{
	const struct name_key *key = &to->head.key;
	struct arrived *from;
	struct call fact = {
		.image = c->image, .answer = key->answer,
		.id = { 0, key->access | to->head.cut | to->type },
	};
	char *source;

	HASH_FIND(by_hash, c->naming->sources, &key->source,
		  sizeof(key->source), from);
	if (!from)
		return false;
	source = file_path(from);
	fact.id.nr |= from->head.cut |
		(from->head.key.access & (NAME_UNREAD | NAME_CUT));
	fact.detail_size = strlen(source) + 1 + strlen(path);
	fact.detail = (uint8_t *)xasprintf("%s%c%s", source, 0, path);
	if (strlen(source) <= PATH_FACT_MAX && strlen(path) <= PATH_FACT_MAX)
		trace_sum_fact(c->trace, FACT_MOVE, &fact, &c->sighting);
	free(fact.detail);
	free(source);
	return true;
}

static void add_file(struct collecting *c, const struct arrived *a)
{
	const struct name_key *key = &a->head.key;
	uint32_t access = key->access | a->head.cut | a->type;
	char *path = file_path(a);

	if (key->source)
		access &= ~(uint32_t)NAME_NAMELESS;
	add_path(c, access, key->answer, path);
	if (key->source && !add_move(c, a, path))
		add_lost(c, key);
	free(path);
}

/* A socket's file is a path as well. */
static void add_socket_file(struct collecting *c, const struct arrived *a)
{
	const struct name_key *key = &a->head.key;
	uint32_t operation = key->access & SOCKET_OPERATION;
	uint32_t access = operation == SOCKET_BIND ? NAME_CREATE :
		NAME_CONNECT;
	char *path;

	if (operation == SOCKET_LISTEN)
		return;
	path = file_path(a);
	path_simplify(path);
	add_path(c, access | NAME_GIVEN | a->head.cut |
		 12U << NAME_TYPE_SHIFT, key->answer, path);
	free(path);
}

static void add_socket(struct collecting *c, const struct arrived *a)
{
	const uint8_t *address = a->bytes + a->head.place_size;
	size_t size = a->head.name_size;
	uint8_t canonical[ADDRESS_FACT_MAX];
	uint16_t family;
	struct call fact = {
		.image = c->image, .answer = a->head.key.answer,
		.detail = canonical,
	};

	memcpy(&family, address, sizeof(family));
	fact.id.arch = family;
	fact.id.nr = a->head.key.access & SOCKET_FACT;
	fact.detail_size = address_canonical(address, size, canonical);
	trace_sum_fact(c->trace, FACT_SOCKET, &fact, &c->sighting);
	if (family == AF_UNIX && size > 2 && address[2])
		add_socket_file(c, a);
}

/* `a` NULL: the string never came. */
static void add_name(const struct collecting *all, const struct name_key *key,
		     const struct name_tally *tally, const struct arrived *a)
{
	const struct tally times = { tally->count, tally->first_ns };
	struct collecting c = *all;

	c.image = all->place(all->arg, key->image, &times, &c.sighting);
	if (!a)
		add_lost(&c, key);
	else if (key->is_socket)
		add_socket(&c, a);
	else
		add_file(&c, a);
}

static void add_elements(const struct collecting *all, struct naming *n, int fd)
{
	struct name_key key, *previous = NULL;
	struct name_tally tally;
	struct arrived *a;

	while (!bpf_map_get_next_key(fd, previous, &key)) {
		previous = &key;
		HASH_FIND(hh, n->arrived, &key, sizeof(key), a);
		if (!bpf_map_lookup_elem(fd, &key, &tally) && tally.count)
			add_name(all, &key, &tally, a);
	}
}

uint64_t naming_collect(struct naming *n, struct record *skel,
		       struct trace *trace, naming_place *place, void *arg)
{
	const struct collecting all = {
		.naming = n, .trace = trace, .place = place, .arg = arg,
	};
	struct arrived *a, *next;

	naming_take(n);
	add_elements(&all, n, bpf_map__fd(skel->maps.names));
	add_elements(&all, n, bpf_map__fd(skel->maps.lost_names));
	HASH_ITER(hh, n->arrived, a, next)
		if (a->uncounted.count)
			add_name(&all, &a->head.key, &a->uncounted, a);
	return n->lost + skel->bss->progress.lost_names;
}
