/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a Landlock policy from the paths and sockets of a trace. It is written
 * as JSON, or as a C header that puts it in force.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "format.h"
#include "kernel/path.h"
#include "names.h"
#include "paths.h"
#include "profile/landlock.h"
#include "stream/socket.h"

static void allow(struct landlock_policy *p, const char *pattern,
		  uint64_t rights)
{
	char *path = pattern_path(pattern);

	if (path)
		landlock_allow(p, path, rights);
	free(path);
}

static uint64_t missing(const struct landlock_policy *p, const char *pattern,
			uint64_t rights)
{
	char *path = pattern_path(pattern);
	uint64_t lacks = path ? landlock_missing(p, path, rights) : 0;

	free(path);
	return lacks;
}

static void allow_below(struct landlock_policy *p,
			const struct path_uses *uses, const char *path,
			uint64_t rights)
{
	char *at;

	if (!rights)
		return;
	at = paths_lasting(uses, path);
	allow(p, at, rights);
	free(at);
}

/*
 * A newer version of a library keeps only its shorter names, so the rules use
 * these.
 */
static void allow_versions(struct landlock_policy *p, const char *path,
			   uint64_t rights)
{
	char *at = path_shorter_version(path), *shorter;

	for (; at; at = shorter) {
		allow(p, at, rights);
		shorter = path_shorter_version(at);
		free(at);
	}
}

static void allow_use(struct landlock_policy *p, const struct path_uses *uses,
		      const struct path_use *u)
{
	char *parent = path_parent(u->pattern);
	uint32_t access = u->access;
	struct landlock_needs needs;

	/* the call creates the file if it does not exist */
	if (u->made && access & NAME_ENSURE)
		access |= NAME_CREATE;
	needs = landlock_needs(access, u->types);

	/*
	 * If the run creates the directory, the directory above it gets the
	 * rights.
	 */
	allow_below(p, uses, u->made ? parent : u->pattern, needs.own);
	allow_below(p, uses, parent, needs.parent);
	if (!u->made && access & NAME_MAP && pattern_is_path(u->pattern))
		allow_versions(p, u->pattern, needs.own);
	free(parent);
}

/*
 * Returns the path of the directory that gets the rule for a name; the caller
 * frees it.
 */
static char *lasting_parent(const struct path_uses *uses, const char *path)
{
	char *parent = path_parent(path), *at = paths_lasting(uses, parent);

	free(parent);
	return at;
}

/*
 * A place with rights that it has only because files are moved from it to
 * `target`, which has them.
 */
struct level {
	char *place, *target;	/* patterns */
	uint64_t rights;
};

struct levels {
	struct level *at;
	size_t n;
};

/* Takes ownership of the names. */
static void add_level(struct levels *levels, char *place, char *target,
		      uint64_t rights)
{
	levels->at = xgrow(levels->at, levels->n, sizeof(*levels->at));
	levels->at[levels->n++] = (struct level){ place, target, rights };
}

static void free_levels(struct levels *levels)
{
	for (size_t i = 0; i < levels->n; i++) {
		free(levels->at[i].place);
		free(levels->at[i].target);
	}
	free(levels->at);
}

/*
 * The kernel refuses to move a file to a directory where more rights apply to
 * it. So the source must get all rights that the target has.
 */
struct edge {
	char *source, *target;	/* patterns of places that have rules */
	/* the rights that the kernel compares: landlock_moved() */
	uint64_t moved;
	bool queued;
};

struct edges {
	struct edge *at;
	size_t n;
	struct edge **by_target;	/* sorted */
	/* a ring buffer of at most n elements; `first` is its start */
	struct edge **queue;
	size_t first, n_queued;
};

static void add_edge(struct edges *edges, const struct path_uses *uses,
		     const char *from, const char *to, uint32_t types)
{
	const struct path_use *use = paths_find(uses, from);

	edges->at = xgrow(edges->at, edges->n, sizeof(*edges->at));
	edges->at[edges->n++] = (struct edge){
		.source = use && !use->made ? pattern_literal(from) :
			lasting_parent(uses, from),
		.target = lasting_parent(uses, to),
		.moved = landlock_moved(types),
	};
}

static void enqueue(struct edges *edges, struct edge *edge)
{
	if (edge->queued)
		return;
	edge->queued = true;
	edges->queue[(edges->first + edges->n_queued++) % edges->n] = edge;
}

static struct edge *dequeue(struct edges *edges)
{
	struct edge *edge = edges->queue[edges->first];

	edges->first = (edges->first + 1) % edges->n;
	edges->n_queued--;
	edge->queued = false;
	return edge;
}

static int by_target(const void *a, const void *b)
{
	const struct edge *const *x = a, *const *y = b;

	return strcmp((*x)->target, (*y)->target);
}

/* Queues all edges. No edges may be added afterwards. */
static void enqueue_all(struct edges *edges)
{
	edges->by_target = xcalloc(edges->n + 1, sizeof(struct edge *));
	edges->queue = xcalloc(edges->n + 1, sizeof(struct edge *));
	for (size_t i = 0; i < edges->n; i++) {
		edges->by_target[i] = &edges->at[i];
		enqueue(edges, &edges->at[i]);
	}
	array_sort(edges->by_target, edges->n, sizeof(struct edge *),
		   by_target);
}

/*
 * Queues the edges whose target is below this place, because these targets have
 * gained rights, too.
 */
static void enqueue_below(struct edges *edges, const char *place)
{
	size_t low = 0, high = edges->n, length = strlen(place);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(edges->by_target[middle]->target, place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < edges->n; low++) {
		struct edge *edge = edges->by_target[low];

		if (strncmp(edge->target, place, length))
			break;
		if (path_is_below(edge->target, place))
			enqueue(edges, edge);
	}
}

static void free_edges(struct edges *edges)
{
	for (size_t i = 0; i < edges->n; i++) {
		free(edges->at[i].source);
		free(edges->at[i].target);
	}
	free(edges->at);
	free(edges->by_target);
	free(edges->queue);
}

/*
 * Gives the source of an edge the target's rights. Returns whether any right
 * was new.
 */
static bool level(struct landlock_policy *p, const struct edge *edge,
		  struct levels *levels)
{
	uint64_t rights = edge->moved & ~missing(p, edge->target,
						 LANDLOCK_FS_ALL);
	uint64_t added = missing(p, edge->source, rights);

	if (!added)
		return false;
	allow(p, edge->source, rights);
	add_level(levels, xstrdup(edge->source), xstrdup(edge->target), added);
	return true;
}

static void allow_refer(struct landlock_policy *p,
			const struct path_uses *uses, const char *name)
{
	char *parent = path_parent(name);

	allow_below(p, uses, parent, LANDLOCK_FS_REFER);
	free(parent);
}

static void allow_moves(struct landlock_policy *p,
			const struct path_uses *uses, struct levels *levels)
{
	struct edges edges = { NULL };

	for (size_t i = 0; i < uses->n_moves; i++) {
		const struct path_move *m = &uses->moves[i];

		if (m->same_directory)
			continue;
		allow_refer(p, uses, m->from);
		allow_refer(p, uses, m->to);
		add_edge(&edges, uses, m->from, m->to, m->types);
		if (m->access & NAME_DELETE)	/* the names were exchanged */
			add_edge(&edges, uses, m->to, m->from, m->types);
	}
	enqueue_all(&edges);
	while (edges.n_queued) {
		const struct edge *edge = dequeue(&edges);

		/* This can have made rights missing at another place. */
		if (level(p, edge, levels))
			enqueue_below(&edges, edge->source);
	}
	free_edges(&edges);
}

static void allow_sockets(struct landlock_policy *p, const struct trace *t)
{
	struct socket_set *set = socket_set_new(t);
	bool chosen = false;

	for (size_t i = 0; i < t->sockets.n; i++) {
		const struct fact *fact = t->sockets.at[i];
		int port = socket_port(fact);
		uint64_t right = landlock_port_right(fact);

		if (socket_is_outside(set, fact))
			p->handled[LANDLOCK_SCOPE] &= ~LANDLOCK_SCOPE_ABSTRACT;
		if (!right)
			continue;
		if (right == LANDLOCK_NET_CONNECT_TCP &&
		    port_was_chosen(set, port))
			chosen = true;
		else
			landlock_allow_port(p, port, right);
	}
	socket_set_free(set);
	if (!chosen)
		return;
	message_note("connect_tcp is not restricted: the run connected to a "
		     "port that the kernel chose when it listened");
	p->handled[LANDLOCK_NET] &= ~(uint64_t)LANDLOCK_NET_CONNECT_TCP;
	landlock_forget_ports(p, LANDLOCK_NET_CONNECT_TCP);
}

/*
 * If a thread is restricted in file access, the kernel denies all its mounts:
 * landlock(7).
 */
static void refuse_mounts(const struct path_uses *uses)
{
	for (size_t i = 0; i < uses->n; i++) {
		char *text;

		if (!(uses->at[i].access & NAME_MOUNT))
			continue;
		text = pattern_text(uses->at[i].pattern);
		message_error("the run mounted on %s, or unmounted it: no "
			      "Landlock policy can allow that", text);
		free(text);
	}
}

static struct landlock_policy *make_policy(const struct emit *emit,
					   const struct path_uses *uses,
					   struct levels *levels)
{
	struct landlock_policy *p = landlock_new();
	size_t widened = 0;

	p->handled[LANDLOCK_FS] = LANDLOCK_FS_ALL;
	p->handled[LANDLOCK_NET] = LANDLOCK_NET_ALL;
	p->handled[LANDLOCK_SCOPE] = LANDLOCK_SCOPE_ABSTRACT;
	for (size_t i = 0; i < uses->n; i++) {
		allow_use(p, uses, &uses->at[i]);
		widened += !pattern_is_path(uses->at[i].pattern);
	}
	refuse_mounts(uses);
	allow_moves(p, uses, levels);
	allow_sockets(p, emit->trace);
	if (widened)
		message_note("the directories of %zu patterns are allowed in "
			     "their place (--explain lists them)", widened);
	if (levels->n)
		message_note("files move between directories, for which the "
			     "kernel requires equal rights in both: "
			     "%zu %s (--explain lists them)", levels->n,
			     levels->n == 1 ? "rule gains rights" :
			     "rules gain rights");
	return p;
}

static struct landlock_policy *policy_of(const struct emit *emit)
{
	struct path_uses *uses = paths_fold(emit->trace, emit->general);
	struct levels levels = { NULL, 0 };
	struct landlock_policy *p = make_policy(emit, uses, &levels);

	free_levels(&levels);
	paths_free(uses);
	return p;
}

void write_landlock(const struct emit *emit, FILE *out)
{
	struct landlock_policy *p = policy_of(emit);

	landlock_write(p, out);
	landlock_free(p);
}

static char *rights_text(uint64_t rights)
{
	char *list = NULL;

	for (uint64_t bit = 1; bit && bit <= rights; bit <<= 1)
		if (rights & bit)
			text_append(&list, ",",
				    landlock_right_name(LANDLOCK_FS, bit));
	return list;
}

static void explain_level(const struct level *level, FILE *out)
{
	char *rights = rights_text(level->rights);
	char *place = pattern_text(level->place);
	char *target = pattern_text(level->target);

	fprintf(out, "%s\t1\tmove to %s\t%s\n", rights, target, place);
	free(rights);
	free(place);
	free(target);
}

void explain_landlock(const struct emit *emit, FILE *out)
{
	struct path_uses *uses = paths_fold(emit->trace, emit->general);
	struct levels levels = { NULL, 0 };
	struct landlock_policy *p = make_policy(emit, uses, &levels);

	paths_explain(uses, out);
	for (size_t i = 0; i < levels.n; i++)
		explain_level(&levels.at[i], out);
	free_levels(&levels);
	landlock_free(p);
	paths_free(uses);
}

static const char header_start[] =
"#ifndef SANDPRINT_LANDLOCK_H\n"
"#define SANDPRINT_LANDLOCK_H\n"
"\n"
"#include <errno.h>\n"
"#include <fcntl.h>\n"
"#include <stddef.h>\n"
"#include <stdint.h>\n"
"#include <sys/prctl.h>\n"
"#include <sys/stat.h>\n"
"#include <sys/syscall.h>\n"
"#include <unistd.h>\n"
"\n"
"#ifndef O_PATH\n"
"#define O_PATH 010000000\n"
"#endif\n"
"\n"
"struct sandprint_path {\n"
"\tconst char *path;\n"
"\tuint64_t allow;\t\t/* LANDLOCK_ACCESS_FS_* */\n"
"};\n"
"\n"
"struct sandprint_port {\n"
"\tuint64_t port;\n"
"\tuint64_t allow;\t\t/* LANDLOCK_ACCESS_NET_* */\n"
"};\n";

static const char header_end[] =
"\n"
"/* Returns the rights of landlock(7) that this version of the ABI has. */\n"
"static inline uint64_t sandprint_known(long abi)\n"
"{\n"
"\treturn abi < 2 ? 0x1fff : abi < 3 ? 0x3fff : abi < 5 ? 0x7fff : 0xffff;\n"
"}\n"
"\n"
"static inline int sandprint_allow_path(int ruleset, long abi,\n"
"\t\t\t\t       const struct sandprint_path *rule)\n"
"{\n"
"\tstruct __attribute__((packed)) {\n"
"\t\tuint64_t allow;\n"
"\t\tint32_t fd;\n"
"\t} attr = { rule->allow & sandprint_known(abi), -1 };\n"
"\tstruct stat st;\n"
"\tint error = 0;\n"
"\n"
"\tattr.fd = open(rule->path, O_PATH | O_CLOEXEC);\n"
"\tif (attr.fd < 0)\n"
"\t\treturn errno == ENOENT || errno == ENOTDIR ? 0 : -errno;\n"
"\tif (!fstat(attr.fd, &st) && !S_ISDIR(st.st_mode))\n"
"\t\tattr.allow &= 0xc007;\t/* the rights that a file can have */\n"
"\tif (attr.allow && syscall(445, ruleset, 1, &attr, 0))\n"
"\t\terror = -errno;\n"
"\tclose(attr.fd);\n"
"\treturn error;\n"
"}\n"
"\n"
"/*\n"
" * Confines the calling thread, and the threads and processes that it starts\n"
" * later, as far as the kernel supports it. Leaves out paths that do not exist.\n"
" * Sets no_new_privs. Returns 0 or -errno.\n"
" */\n"
"static inline int sandprint_landlock(void)\n"
"{\n"
"\tconst size_t n = sizeof(sandprint_paths) / sizeof(sandprint_paths[0]);\n"
"\tconst size_t m = sizeof(sandprint_ports) / sizeof(sandprint_ports[0]);\n"
"\tlong abi = syscall(444, NULL, 0, 1);\n"
"\tstruct {\n"
"\t\tuint64_t fs, net, scoped;\n"
"\t} attr = { sandprint_known(abi), SANDPRINT_NET, SANDPRINT_SCOPED };\n"
"\tint fd, error = 0;\n"
"\tsize_t i;\n"
"\n"
"\tif (abi < 1)\n"
"\t\treturn -errno;\n"
"\tfd = syscall(444, &attr, abi < 4 ? 8 : abi < 6 ? 16 : 24, 0);\n"
"\tif (fd < 0)\n"
"\t\treturn -errno;\n"
"\tfor (i = 0; !error && i + 1 < n; i++)\n"
"\t\terror = sandprint_allow_path(fd, abi, &sandprint_paths[i]);\n"
"\tfor (i = 0; !error && abi >= 4 && i + 1 < m; i++) {\n"
"\t\tuint64_t port[2] = { sandprint_ports[i].allow,\n"
"\t\t\t\t     sandprint_ports[i].port };\n"
"\n"
"\t\tif (syscall(445, fd, 2, port, 0))\n"
"\t\t\terror = -errno;\n"
"\t}\n"
"\tif (!error && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||\n"
"\t\t       syscall(446, fd, 0)))\n"
"\t\terror = -errno;\n"
"\tclose(fd);\n"
"\treturn error;\n"
"}\n"
"\n"
"#endif\n";

/*
 * Writes a C string. Bytes that are not plain characters become three octal
 * digits.
 */
static void write_string(const char *text, FILE *out)
{
	putc('"', out);
	for (; *text; text++)
		if (*text >= ' ' && *text < 0x7f && !strchr("\"\\?", *text))
			putc(*text, out);
		else
			fprintf(out, "\\%03o", (unsigned char)*text);
	putc('"', out);
}

void write_landlock_header(const struct emit *emit, FILE *out)
{
	struct landlock_policy *p = policy_of(emit);

	fputs("/*\n", out);
	write_head(emit, " * ", out);
	fprintf(out, " */\n%s", header_start);
	fputs("\n/* Each of the two lists ends with an unused element. */\n"
	      "static const struct sandprint_path sandprint_paths[] = {\n",
	      out);
	for (size_t i = 0; i < p->n_rules; i++) {
		fputs("\t{ ", out);
		write_string(p->rules[i].path, out);
		fprintf(out, ", 0x%" PRIx64 " },\n", p->rules[i].allow);
	}
	fputs("\t{ 0, 0 }\n};\n\nstatic const struct sandprint_port "
	      "sandprint_ports[] = {\n", out);
	for (size_t i = 0; i < p->n_ports; i++)
		fprintf(out, "\t{ %u, 0x%" PRIx64 " },\n", p->ports[i].port,
			p->ports[i].allow);
	fprintf(out, "\t{ 0, 0 }\n};\n\n#define SANDPRINT_NET 0x%" PRIx64
		"\n#define SANDPRINT_SCOPED 0x%" PRIx64 "\n%s",
		p->handled[LANDLOCK_NET], p->handled[LANDLOCK_SCOPE],
		header_end);
	landlock_free(p);
}
