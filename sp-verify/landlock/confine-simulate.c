/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the acts in a recording that a Landlock policy would have denied. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "kernel/path.h"
#include "landlock/confine.h"
#include "names.h"
#include "stream/socket.h"

static void add_missing(struct denied *denied, const struct trace *t,
			const struct fact *fact, const char *path,
			uint64_t missing)
{
	char *object = path_escape(path);

	for (uint64_t bit = 1; bit && bit <= missing; bit <<= 1) {
		char *right;

		if (!(missing & bit))
			continue;
		right = xasprintf("fs.%s",
				  landlock_right_name(LANDLOCK_FS, bit));
		denied_add(denied, right, object,
			   image_name(t->images[fact->image]),
			   fact_count(fact));
		free(right);
	}
	free(object);
}

static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? xstrdup("/") :
		xasprintf("%.*s", (int)(slash - path), path);
}

enum { REGULAR_BIT = 1 << 8, DIRECTORY_BIT = 1 << 4 };	/* S_IFMT types */

static uint32_t type_bit(const struct fact *fact)
{
	return 1U << ((fact->id.nr & NAME_TYPE) >> NAME_TYPE_SHIFT);
}

static bool is_known(const struct fact *fact)
{
	return !(fact->id.nr & (NAME_UNREAD | NAME_CUT)) &&
		*fact->detail == '/' &&
		path_needs_right(fact->id.nr, fact->answer);
}

/* A policy that restricts files always denies mounting: landlock(7). */
static void check_mount(const struct landlock_policy *p, const struct trace *t,
			const struct fact *fact, const char *path,
			struct denied *denied)
{
	char *object;

	if (!(fact->id.nr & NAME_MOUNT) || !p->handled[LANDLOCK_FS])
		return;
	object = path_escape(path);
	denied_add(denied, "fs.change_topology", object,
		   image_name(t->images[fact->image]), fact_count(fact));
	free(object);
}

/* Judges an access to a path. Renames and links are judged as moves. */
static size_t check_path(const struct landlock_policy *p,
			 const struct trace *t, const struct fact *fact,
			 struct denied *denied)
{
	uint32_t access = fact->id.nr;
	struct landlock_needs needs = landlock_needs(access & NAME_ACCESS,
						     type_bit(fact));
	char *path, *parent;

	if (!is_known(fact))
		return 0;
	path = path_of_fact(fact);
	parent = parent_of(path);
	needs.own &= ~(uint64_t)LANDLOCK_FS_IOCTL_DEV;
	if (strncmp(path, "/memfd:", strlen("/memfd:")))
		add_missing(denied, t, fact, path,
			    landlock_missing(p, path, needs.own));
	if (access & (NAME_RENAME | NAME_LINK) && (t->moves.n ||
						   access & NAME_RENAME))
		needs.parent = 0;
	add_missing(denied, t, fact, parent,
		    landlock_missing(p, parent, needs.parent));
	check_mount(p, t, fact, path, denied);
	free(parent);
	free(path);
	return 1;
}

/* A trace with the tables for judging it. */
struct judged {
	const struct trace *trace;
	/* facts about paths of successful calls, sorted by path */
	const struct fact **by_detail;
	size_t n_paths;
	struct socket_set *sockets;
};

static int by_detail(const void *a, const void *b)
{
	return detail_compare(*(const struct fact *const *)a,
			      *(const struct fact *const *)b);
}

static void open_judged(struct judged *j, const struct trace *t)
{
	*j = (struct judged){ .trace = t, .sockets = socket_set_new(t) };
	j->by_detail = xcalloc(t->paths.n + 1, sizeof(*j->by_detail));
	for (size_t i = 0; i < t->paths.n; i++)
		if (!t->paths.at[i]->answer)
			j->by_detail[j->n_paths++] = t->paths.at[i];
	if (j->n_paths)
		qsort(j->by_detail, j->n_paths, sizeof(*j->by_detail),
		      by_detail);
}

static void close_judged(struct judged *j)
{
	free(j->by_detail);
	socket_set_free(j->sockets);
}

/* Returns the first fact whose path is not smaller than this one. */
static size_t first_fact(const struct judged *j, const struct fact *path)
{
	size_t low = 0, high = j->n_paths;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (detail_compare(j->by_detail[middle], path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Returns the possible types of a path as bits, by its facts with these access
 * bits. 1: unknown.
 */
static uint32_t types_of(const struct judged *j, const char *path,
			 uint32_t access)
{
	const struct fact key = {
		.detail = (uint8_t *)path, .detail_size = strlen(path),
	};
	uint32_t types = 0;

	for (size_t i = first_fact(j, &key); i < j->n_paths; i++) {
		const struct fact *fact = j->by_detail[i];

		if (detail_compare(fact, &key))
			break;
		if ((fact->id.nr & access) == access &&
		    !(fact->id.nr & NAME_NAMELESS))
			types |= type_bit(fact);
	}
	return types & ~1U ? types & ~1U : 1;
}

/* A possible move. Each directory can lack rights. */
struct reparenting {
	const char *from, *to;			/* the names before and after */
	const char *from_parent, *to_parent;
	uint32_t access, types;
	uint64_t missing_from, missing_to;
};

/*
 * Judges a move as security/landlock/fs.c does, but not the removal of a file
 * that it replaces: the recording does not show whether there was one.
 */
static void judge_move(const struct landlock_policy *p, struct reparenting *r)
{
	bool renames = r->access & NAME_RENAME;
	uint64_t from = !renames ? 0 :
		landlock_needs(NAME_DELETE, r->types).parent;
	uint64_t to = landlock_needs(NAME_CREATE, r->types).parent;
	uint64_t gained;

	r->missing_from = landlock_missing(p, r->from_parent, from);
	r->missing_to = landlock_missing(p, r->to_parent, to);
	if (!strcmp(r->from_parent, r->to_parent))
		return;
	gained = landlock_moved(r->types);
	gained &= ~landlock_missing(p, r->to_parent, gained);
	r->missing_from |= landlock_missing(p, r->from_parent,
					    LANDLOCK_FS_REFER) |
		landlock_missing(p, r->from, gained);
	r->missing_to |= landlock_missing(p, r->to_parent, LANDLOCK_FS_REFER);
}

/*
 * Judges a move of an object of unknown type, which is allowed if the policy
 * allows it for a file or for a directory.
 */
static void judge_either(const struct landlock_policy *p,
			 struct reparenting *r)
{
	if (r->types != 1) {
		judge_move(p, r);
		return;
	}
	r->types = DIRECTORY_BIT;
	judge_move(p, r);
	if (!r->missing_from && !r->missing_to)
		return;
	r->types = REGULAR_BIT;
	judge_move(p, r);
}

/*
 * Returns the types of the moved object. In an exchange, each object has the
 * type that the other name has afterwards.
 */
static uint32_t types_of_moved(const struct judged *j, const struct fact *fact,
			       const char *from, const char *to)
{
	enum { EXCHANGED = NAME_RENAME | NAME_CREATE | NAME_DELETE };
	uint32_t types = 1;

	if (fact->id.nr & NAME_DELETE)
		return types_of(j, to, EXCHANGED);
	if (fact->id.nr & NAME_TYPE)
		return type_bit(fact);
	types |= types_of(j, from, 0) | types_of(j, to, 0);
	return types & ~1U ? types & ~1U : 1;
}

static void check_way(const struct landlock_policy *p, const struct judged *j,
		      const struct fact *fact, struct denied *denied,
		      const char *from, const char *to)
{
	char *from_parent = parent_of(from), *to_parent = parent_of(to);
	struct reparenting r = {
		.from = from, .to = to, .from_parent = from_parent,
		.to_parent = to_parent, .access = fact->id.nr,
		.types = fact->id.nr & NAME_LINK ? REGULAR_BIT :
			types_of_moved(j, fact, from, to),
	};

	if (fact->id.nr & NAME_NAMELESS)
		r.from_parent = from;
	judge_either(p, &r);
	add_missing(denied, j->trace, fact, r.from_parent, r.missing_from);
	add_missing(denied, j->trace, fact, to_parent, r.missing_to);
	free(from_parent);
	free(to_parent);
}

static void check_move(const struct landlock_policy *p, const struct judged *j,
		       const struct fact *fact, struct denied *denied)
{
	char *from, *to;

	if (!is_known(fact))
		return;
	from = path_of_fact(fact);
	to = from + strlen(from) + 1;
	if (*to == '/')
		check_way(p, j, fact, denied, from, to);
	/* the names were exchanged */
	if (*to == '/' && fact->id.nr & NAME_DELETE)
		check_way(p, j, fact, denied, to, from);
	free(from);
}

/*
 * Notes renames and links that are not judged: older recordings do not have the
 * second name.
 */
static void note_unjudged(const struct trace *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->paths.n; i++)
		n += is_known(t->paths.at[i]) &&
			t->paths.at[i]->id.nr & (NAME_RENAME | NAME_LINK);
	if (n && !t->moves.n)
		message_note("%zu renamed or linked names are not judged: this "
			     "recording does not have their new names", n);
}

static void check_scope(const struct landlock_policy *p, const struct judged *j,
			const struct fact *fact, struct denied *denied)
{
	char *object;

	if (!(p->handled[LANDLOCK_SCOPE] & LANDLOCK_SCOPE_ABSTRACT) ||
	    !socket_is_outside(j->sockets, fact))
		return;
	object = address_text(AF_UNIX, fact->detail, fact->detail_size);
	denied_add(denied, "scope.abstract_unix_socket", object,
		   image_name(j->trace->images[fact->image]),
		   fact_count(fact));
	free(object);
}

static size_t check_socket(const struct landlock_policy *p,
			   const struct judged *j, const struct fact *fact,
			   struct denied *denied)
{
	uint64_t right = landlock_port_right(fact);
	unsigned int port;
	char *object, *name;

	check_scope(p, j, fact, denied);
	if (!right)
		return 0;
	port = socket_port(fact);
	if (!landlock_port_missing(p, port, right))
		return 1;
	object = xasprintf("port %u", port);
	name = xasprintf("net.%s", landlock_right_name(LANDLOCK_NET, right));
	denied_add(denied, name, object,
		   image_name(j->trace->images[fact->image]),
		   fact_count(fact));
	free(name);
	free(object);
	return 1;
}

size_t confine_simulate(const struct landlock_policy *p, const struct trace *t,
			struct denied *denied)
{
	struct judged j;
	size_t n = 0;

	open_judged(&j, t);
	for (size_t i = 0; i < t->paths.n; i++)
		n += check_path(p, t, t->paths.at[i], denied);
	for (size_t i = 0; i < t->sockets.n; i++)
		n += check_socket(p, &j, t->sockets.at[i], denied);
	for (size_t i = 0; i < t->moves.n; i++)
		check_move(p, &j, t->moves.at[i], denied);
	close_judged(&j);
	note_unjudged(t);
	return n;
}
