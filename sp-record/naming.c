/* SPDX-License-Identifier: Apache-2.0 */
#include "naming.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "kernel/path.h"
#include "name-check.h"
#include "naming-calls.h"
#include "process/file-child.h"
#include "skeleton.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

enum {
	NAMES_MAX = 1 << 18,
	/* the most memory for strings, in bytes */
	BYTES_MAX = 256 << 20,
	RING_SIZE = 16 << 20,		/* bytes */
	/* the most time for all checks of a recording */
	WAIT_MAX_MS = 10000,
};

void naming_prepare(struct record *skel, bool wanted)
{
	bpf_map__set_autocreate(skel->maps.names, wanted);
	bpf_map__set_autocreate(skel->maps.lost_names, wanted);
	bpf_map__set_autocreate(skel->maps.name_ring, wanted);
	bpf_map__set_autocreate(skel->maps.name_scratch, wanted);
	if (!wanted)
		return;
	bpf_map__set_max_entries(skel->maps.names, NAMES_MAX);
	bpf_map__set_max_entries(skel->maps.name_ring, RING_SIZE);
	naming_calls_set(skel);
}

/* A string from the kernel side. `bytes` has the place and then the name. */
struct arrived {
	UT_hash_handle hh, by_hash;
	/* Uses that the map `names` had no room for. */
	struct name_tally uncounted;
	/* The path without symbolic links. NULL: unknown. */
	char *resolved;
	uint32_t type;			/* NAME_TYPE; 0: unknown */
	uint32_t marks;			/* NAME_CLAIM and NAME_ELSEWHERE */
	/* NAME_ENSURE if the object cannot have been created. */
	uint32_t without;
	struct name_event head;
	uint8_t bytes[];
};

struct naming {
	struct arrived *arrived;	/* hash table by key */
	/* hash table of the sources of moves, by hash */
	struct arrived *sources;
	size_t bytes;			/* bytes of memory of all strings */
	/* the number of names that were dropped because of BYTES_MAX */
	uint64_t lost;
	struct ring_buffer *ring;
	struct file_child *files;	/* the child that checks names */
	/* the names that the child was asked about, in order */
	struct arrived **asked;
	size_t n_asked, n_answered;
	/* total time spent waiting for the child */
	uint64_t waited_ns;
	uint64_t started_ns;		/* CLOCK_REALTIME */
	/* our CLOCK_MONOTONIC minus the kernel's */
	uint64_t skew_ns;
};

/* Joins the path of the place and the name. */
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

/* Returns the name after the place, or the path of a socket's address. */
static char *given_path(const struct arrived *a)
{
	const uint8_t *name = a->bytes + a->head.place_size;
	size_t size = a->head.name_size;

	if (a->head.place & PLACE_OBJECT)
		return joined(a, name, 0);
	if (a->head.key.is_socket && size >= 2) {
		name += 2;
		size = strnlen((const char *)name, size - 2);
	}
	return joined(a, name, size);
}

/* Whether the call follows a link in the last component. */
static bool follows(const struct name_key *key)
{
	return key->is_socket ?
		(key->access & SOCKET_OPERATION) != SOCKET_BIND :
		key->access & (NAME_EXECUTE | NAME_CHANGE | NAME_TRUNCATE |
			       NAME_MOUNT);
}

/*
 * Returns what the call changes: CHECK_ENTRY, CHECK_OBJECT, or 0 for nothing.
 */
static uint32_t changes(const struct name_key *key)
{
	uint32_t access = key->access;

	if (key->is_socket || key->answer)
		return 0;
	if (access & (NAME_CREATE | NAME_DELETE | NAME_RENAME))
		return CHECK_ENTRY;
	return access & (NAME_CHANGE | NAME_TRUNCATE | NAME_LINK) ?
		CHECK_OBJECT : 0;
}

/* Whether the socket's address is a path. */
static bool has_path(const struct arrived *a)
{
	const uint8_t *address = a->bytes + a->head.place_size;
	uint16_t family = 0;

	if (a->head.name_size > 2)
		memcpy(&family, address, sizeof(family));
	return family == AF_UNIX && address[2];
}

static bool is_confirmed(const struct arrived *a)
{
	return a->head.key.is_socket ? a->head.place & PLACE_OBJECT :
		!(a->head.key.access & NAME_GIVEN);
}

/* Returns the permissions that the caller needed: bits of CHECK_*. */
static uint32_t asks_for(const struct arrived *a)
{
	uint32_t access = a->head.key.access;

	if (a->head.key.is_socket)
		return CHECK_WRITE;
	if (access & (NAME_CREATE | NAME_DELETE | NAME_RENAME) ||
	    (access & NAME_ENSURE && is_confirmed(a)))
		return CHECK_ENTRY;
	return (access & (NAME_READ | NAME_LIST) ? CHECK_READ : 0) |
		(access & NAME_WRITE ? CHECK_WRITE : 0) |
		(access & NAME_EXECUTE ? CHECK_EXECUTE : 0) |
		(access & (NAME_CHANGE | NAME_TRUNCATE | NAME_LINK) ?
		 CHECK_OBJECT : 0);
}

/*
 * Whether the name needs the check: a policy may depend on it, and the kernel
 * did not confirm it. With PLACE_SHARED, another thread may have replaced the
 * file of the descriptor.
 */
static bool needs_check(const struct arrived *a)
{
	const struct name_key *key = &a->head.key;
	uint32_t access = key->access;

	if (a->head.cut || a->head.place & PLACE_ELSEWHERE)
		return false;
	if (key->is_socket)
		return !key->answer && !is_confirmed(a) && has_path(a);
	if (access & NAME_ENSURE && !key->answer)
		return true;
	if (access & (NAME_UNREAD | NAME_CUT) ||
	    (access & NAME_ACCESS) == NAME_LOOK ||
	    !path_needs_right(access, key->answer))
		return false;
	return access & NAME_GIVEN ||
		(a->head.place & PLACE_SHARED && changes(key) == CHECK_OBJECT);
}

/*
 * Whether the name can be trusted. Owners and modes must permit the call there.
 * If the call changed an object, the time of that object must also show the
 * change. If no time can show it, because the call changes nothing or the file
 * system has no times, it is enough that no other task could write the memory
 * of the name. A failed call changes nothing, and may have failed before the
 * kernel checked permissions.
 */
static bool is_believed(const struct arrived *a,
			const struct name_answer *answer)
{
	uint32_t settled = NAME_WALKED | NAME_SETTLED;

	if ((answer->verdict & settled) != settled ||
	    a->head.place & PLACE_PENDING)
		return false;
	if (!(answer->verdict & NAME_PERMITTED) || a->head.key.answer)
		return answer->verdict & NAME_PERMITTED;
	if (answer->verdict & NAME_CHANGED && changes(&a->head.key))
		return true;
	if (a->head.place & PLACE_COPY)
		return true;
	return !(a->head.place & PLACE_SHARED) &&
		(!changes(&a->head.key) || answer->verdict & NAME_TIMELESS);
}

static void take_answer(struct arrived *a, const struct name_answer *answer)
{
	const struct name_key *key = &a->head.key;

	if (is_confirmed(a) && key->access & NAME_ENSURE) {
		if (answer->verdict & NAME_PERMITTED)
			a->without = 0;
		return;
	}
	if (is_believed(a, answer))
		a->marks &= ~(uint32_t)NAME_CLAIM;
	if (!(answer->verdict & NAME_WALKED) || is_confirmed(a))
		return;
	a->resolved = xstrdup(answer->path);
	if (!key->is_socket && !(key->access & NAME_TYPE) &&
	    !(key->access & NAME_DELETE && !(key->access & NAME_CREATE)))
		a->type = answer->type << NAME_TYPE_SHIFT;
}

static void take_answers(struct naming *n, uint64_t milliseconds)
{
	uint64_t start = now_ns(), end = start + milliseconds * 1000000;
	struct name_answer answer;

	while (n->n_answered < n->n_asked) {
		uint64_t now = now_ns();
		int size = file_child_receive(n->files, &answer, sizeof(answer),
			!milliseconds ? 0 : now < end ?
			(end - now + 999999) / 1000000 : 1);

		if (size == -EAGAIN)
			break;
		/* After a failure, the child answers no further question. */
		if (size < 0)
			n->n_answered = n->n_asked;
		else
			take_answer(n->asked[n->n_answered++], &answer);
	}
	if (milliseconds)
		n->waited_ns += now_ns() - start;
	if (n->n_answered == n->n_asked)
		n->n_answered = n->n_asked = 0;
}

/* Returns how long to wait for an answer, or 0 if the total time is used up. */
static uint64_t patience(const struct naming *n)
{
	uint64_t waited = n->waited_ns / 1000000;

	return waited >= WAIT_MAX_MS ? 0 :
		waited + FILE_CHILD_MS < WAIT_MAX_MS ? FILE_CHILD_MS :
		WAIT_MAX_MS - waited;
}

static bool ask(struct naming *n, const struct name_question *question,
		size_t size)
{
	if (file_child_send(n->files, question, size))
		return true;
	if (!patience(n))
		return false;
	take_answers(n, patience(n));
	return file_child_send(n->files, question, size);
}

/* Converts our CLOCK_MONOTONIC to CLOCK_REALTIME. */
static uint64_t to_realtime(uint64_t monotonic_ns)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec - now_ns() + monotonic_ns;
}

/*
 * Asks the child at once, while links and directories most likely have not
 * changed. A name without an answer stays a claim.
 */
static void check(struct naming *n, struct arrived *a)
{
	struct name_question question = {
		.started_ns = n->started_ns,
		.ended_ns = to_realtime(a->head.ended_ns + n->skew_ns),
		.uid = a->head.uid, .gid = a->head.gid,
		.flags = asks_for(a) |
			(follows(&a->head.key) ? CHECK_FOLLOW : 0) |
			(a->head.place & PLACE_ROOT ? 0 : CHECK_NO_LINKS),
	};
	char *path;
	size_t size;

	if (is_confirmed(a) && a->head.key.access & NAME_ENSURE)
		a->without = NAME_ENSURE;
	else
		a->marks |= NAME_CLAIM;
	if (!(a->head.place & PLACE_OURS))
		return;
	path = given_path(a);
	size = strlen(path) + 1;
	if (size <= sizeof(question.path)) {
		memcpy(question.path, path, size);
		size += offsetof(struct name_question, path);
		if (ask(n, &question, size)) {
			n->asked = xgrow(n->asked, n->n_asked,
					 sizeof(*n->asked));
			n->asked[n->n_asked++] = a;
		}
	}
	free(path);
}

/* A memfd is in no mount namespace. */
static bool is_memfd(const struct arrived *a)
{
	static const char start[] = "/memfd:";
	size_t size = sizeof(start) - 1;

	return !a->head.name_size && a->head.place_size > size &&
		!memcmp(a->bytes, start, size);
}

/*
 * The record of a move has only the hash of its source's name. Another use of
 * the same name has the same hash, but can lead to another path: stat(2)
 * follows links, and rename(2) does not. So the name from a successful move
 * takes precedence.
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

/* Returns NULL if the record is malformed, or there is no memory for it. */
static struct arrived *keep_name(struct naming *n,
				 const struct name_event *head, size_t size)
{
	size_t bytes = (size_t)head->place_size + head->name_size;
	struct arrived *a;

	if (size < sizeof(*head) + bytes)
		return NULL;
	if (n->bytes + sizeof(*a) + 2 * bytes > BYTES_MAX) {
		n->lost += head->uncounted_ns != 0;
		return NULL;
	}
	/* This leaves room for the path without links. */
	n->bytes += sizeof(*a) + 2 * bytes;
	a = xcalloc(1, sizeof(*a) + bytes);
	memcpy(&a->head, head, sizeof(*head) + bytes);
	HASH_ADD(hh, n->arrived, head.key, sizeof(a->head.key), a);
	keep_source(n, a);
	if (head->place & PLACE_ELSEWHERE && !is_memfd(a))
		a->marks |= NAME_ELSEWHERE;
	if (needs_check(a))
		check(n, a);
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

struct naming *naming_open(struct record *skel, uint64_t skew_ns)
{
	struct naming *n = xcalloc(1, sizeof(*n));

	n->ring = ring_buffer__new(bpf_map__fd(skel->maps.name_ring), on_name,
				   n, NULL);
	n->skew_ns = skew_ns;
	n->started_ns = to_realtime(now_ns());
	n->files = file_child_new(name_check, NULL);
	if (n->ring)
		return n;
	file_child_free(n->files);
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
	file_child_free(n->files);
	free(n->asked);
	free(n);
}

int naming_fd(const struct naming *n)
{
	return ring_buffer__epoll_fd(n->ring);
}

void naming_take(struct naming *n)
{
	ring_buffer__consume(n->ring);
	take_answers(n, 0);
}

struct collecting {
	const struct naming *naming;
	struct trace *trace;
	naming_place *place;
	void *arg;
	/* the sighting of the name that add_name() handles */
	struct sighting sighting;
	uint32_t image;
};

static void add_path(struct collecting *c, uint32_t access, int32_t answer,
		     char *path)
{
	struct fact fact = {
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

/* Adds a lost name, of which only the key is known. */
static void add_lost(struct collecting *c, const struct name_key *key)
{
	struct fact fact = {
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

/* Adds a move. Returns false if the name of its source never came. */
static bool add_move(struct collecting *c, const struct arrived *to,
		     const char *path)
{
	const struct name_key *key = &to->head.key;
	struct arrived *from;
	struct fact fact = {
		.image = c->image, .answer = key->answer,
		.id = { 0, key->access | to->head.cut | to->type | to->marks },
	};
	char *source;

	HASH_FIND(by_hash, c->naming->sources, &key->source,
		  sizeof(key->source), from);
	if (!from)
		return false;
	source = file_path(from);
	fact.id.nr |= from->head.cut | from->marks |
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
	uint32_t access = (key->access & ~a->without) | a->head.cut |
		a->type | a->marks;
	char *path = file_path(a);

	if (key->source)
		access &= ~(uint32_t)NAME_NAMELESS;
	add_path(c, access, key->answer, path);
	if (key->source && !add_move(c, a, path))
		add_lost(c, key);
	free(path);
}

/* Adds the path of a socket. */
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
	add_path(c, access | (is_confirmed(a) ? 0 : NAME_GIVEN) | a->marks |
		 a->head.cut | 12U << NAME_TYPE_SHIFT, key->answer, path);
	free(path);
}

static void add_socket(struct collecting *c, const struct arrived *a)
{
	const uint8_t *address = a->bytes + a->head.place_size;
	size_t size = a->head.name_size;
	uint8_t canonical[ADDRESS_FACT_MAX];
	uint16_t family;
	struct fact fact = {
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

/* Adds a name. `a` is NULL if its string never came. */
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
	take_answers(n, patience(n));
	add_elements(&all, n, bpf_map__fd(skel->maps.names));
	add_elements(&all, n, bpf_map__fd(skel->maps.lost_names));
	HASH_ITER(hh, n->arrived, a, next)
		if (a->uncounted.count)
			add_name(&all, &a->head.key, &a->uncounted, a);
	return n->lost + skel->bss->progress.lost_names;
}
