/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a systemd drop-in that is made of paths: systemd.exec(5),
 * SANDBOXING. All of these options give the service a mount namespace of its
 * own, in which each listed path is a mount.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "format.h"
#include "kernel/path.h"
#include "names.h"
#include "paths.h"
#include "protections.h"

/* Bits of `types` in struct path_use: FIFOs, devices and sockets. */
enum { SPECIAL = 1 << 1 | 1 << 2 | 1 << 6 | 1 << 12 };

static bool is_below_any(const char *path, const char *const *directories)
{
	for (; *directories; directories++)
		if (path_is_below(path, *directories))
			return true;
	return false;
}

/*
 * Whether a unit file, which consists of lines of UTF-8, can contain the path.
 */
static bool can_hold(const char *path)
{
	return text_is_utf8(path) && !strpbrk(path, "\n\r");
}

/* Takes ownership of the path. */
static void append(struct path_list *list, char *path)
{
	list->at = xgrow(list->at, list->n, sizeof(*list->at));
	list->at[list->n++] = path;
}

/*
 * Adds a path. If a unit file cannot contain the path, adds its directory or
 * reports a problem.
 */
static void add_path(struct path_list *list, const struct emit *emit,
		     const char *key, const char *pattern)
{
	char *path = pattern_path(pattern), *text, *up;

	while (emit->widen && !can_hold(path)) {
		up = path_parent(path);
		free(path);
		path = up;
	}
	if (can_hold(path)) {
		append(list, path);
		return;
	}
	text = path_escape(path);
	message_error("%s= cannot hold %s: a unit file can only have UTF-8 "
		      "(--widen-names allows its directory)", key, text);
	free(text);
	free(path);
}

/*
 * Whether the entry `by` also allows the path, so that the path needs no entry.
 * It does not if a directory between them is protected separately.
 */
static bool is_covered(const char *path, const char *by)
{
	static const char *const between[] = { "/home", "/root", "/run/user" };

	for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++)
		if (path_is_below(path, between[i]) &&
		    path_is_below(between[i], by) &&
		    strcmp(between[i], by))
			return false;
	return path_is_below(path, by);
}

static void tidy(struct path_list *list)
{
	size_t n = list->n;

	path_list_sort(list);
	list->n = 0;
	for (size_t i = 0; i < n; i++)
		if (path_list_has(list, list->at[i], is_covered))
			free(list->at[i]);
		else
			list->at[list->n++] = list->at[i];
}

/*
 * Writes a path in quotes, as in systemd.syntax(7), with %% for %. With "-"
 * before it, systemd ignores a missing path, which an upgrade or an
 * administrator may have removed.
 */
static void write_quoted(const char *path, FILE *out)
{
	fputs("\"-", out);
	for (; *path; path++) {
		if (strchr("\"\\%", *path))
			putc(*path == '%' ? '%' : '\\', out);
		putc(*path, out);
	}
	putc('"', out);
}

/*
 * Writes a list. It begins with an empty assignment, which removes the list of
 * the unit file.
 */
static void write_list(const struct path_list *list, size_t first,
		       const char *key, FILE *out)
{
	fprintf(out, "%s=\n", key);
	for (size_t i = first; i < list->n; i++) {
		fprintf(out, "%s=", key);
		write_quoted(list->at[i], out);
		putc('\n', out);
	}
}

/* ProtectSystem=strict does not affect these directories. */
static const char *const kernels_own[] = { "/dev", "/proc", "/sys", NULL };
static const char *const temporary[] = { "/tmp", "/var/tmp", NULL };

static bool is_changed(const struct path_use *u)
{
	uint32_t changes = u->access & PATH_CHANGES;

	/* A write to a FIFO, a socket or a device changes no file system. */
	if (u->types && !(u->types & ~SPECIAL))
		changes &= ~(uint32_t)(NAME_WRITE | NAME_TRUNCATE);
	return changes != 0;
}

/*
 * Returns the common directory of the names of a move, which must be on one
 * mount. The caller frees it.
 */
static char *common_directory(const char *a, const char *b)
{
	char *at = path_parent(a), *up;

	while (!path_is_below(b, at)) {
		up = path_parent(at);
		free(at);
		at = up;
	}
	return at;
}

static void add_moves(struct path_list *list, const struct emit *emit,
		      const struct path_uses *uses, bool private_tmp)
{
	for (size_t i = 0; i < uses->n_moves; i++) {
		const struct path_move *m = &uses->moves[i];
		char *directory, *at;

		if (m->same_directory || is_below_any(m->from, kernels_own) ||
		    (private_tmp && is_below_any(m->from, temporary)))
			continue;
		directory = common_directory(m->from, m->to);
		at = paths_lasting(uses, directory);
		add_path(list, emit, "ReadWritePaths", at);
		free(at);
		free(directory);
	}
}

/*
 * Whether entries of the root were created or removed. A failed removal of a
 * directory that is not empty does not count: the kernel does look at the mount
 * first, but a writable root has no other effect on it.
 */
static bool is_root_changed(const struct trace *t)
{
	enum { MAKES = PATH_CHANGES & ~(NAME_WRITE | NAME_TRUNCATE) };
	bool is = false;

	for (size_t i = 0; !is && i < t->paths.n; i++) {
		const struct fact *fact = t->paths.at[i];
		char *path = path_of_fact(fact);

		is = !fact->answer && !path_is_doubted(fact->id.nr) &&
			*path == '/' && !strchr(path + 1, '/') && fact->id.nr & MAKES;
		free(path);
	}
	return is;
}

static struct path_list find_writable(const struct emit *emit,
				      const struct path_uses *uses,
				      bool private_tmp)
{
	struct path_list list = { NULL, 0 };
	bool root = is_root_changed(emit->trace);

	for (size_t i = 0; i < uses->n; i++) {
		const struct path_use *u = &uses->at[i];
		char *at;

		if (!is_changed(u) || is_below_any(u->pattern, kernels_own) ||
		    (private_tmp && is_below_any(u->pattern, temporary)))
			continue;
		/* A mount point can be neither created nor removed. */
		at = paths_lasting(uses, u->pattern);
		if (strcmp(at, "/") || root)
			add_path(&list, emit, "ReadWritePaths", at);
		free(at);
	}
	add_moves(&list, emit, uses, private_tmp);
	tidy(&list);
	return list;
}

static void write_writable(const struct path_list *list, FILE *out)
{
	/* If two settings are for the same path, the stricter one applies. */
	bool root = list->n && !strcmp(list->at[0], "/");

	if (root)
		write_comment("The run changes the root directory, or moves or "
			      "links files between directories that have only "
			      "the root directory in common.", "# ", out);
	else
		fputs("ProtectSystem=strict\n", out);
	write_list(list, root, "ReadWritePaths", out);
}

/*
 * Adds an executable, or its directory if an upgrade replaces the executable.
 */
static void add_executable(struct path_list *list, const struct emit *emit,
			   const struct path_uses *uses, const char *pattern)
{
	char *at = paths_lasting(uses, pattern), *shorter, *up;

	if (emit->general & GENERAL_VERSION && !strcmp(at, pattern)) {
		up = path_parent(at);
		free(at);
		at = up;
	}
	add_path(list, emit, "ExecPaths", at);
	while ((shorter = path_shorter_version(at))) {
		add_path(list, emit, "ExecPaths", shorter);
		free(at);
		at = shorter;
	}
	free(at);
}

/* Whether the file was mapped after its name was removed. */
static bool is_unnamed(const struct fact *fact, const char *path)
{
	return !fact->answer && fact->id.nr & PATH_RUNS &&
		!path_is_doubted(fact->id.nr) && fact->id.nr & NAME_DELETED &&
		*path == '/' && strncmp(path, "/memfd:", strlen("/memfd:"));
}

/* Returns the directories of files without a name, as patterns. */
static struct path_list unnamed_directories(const struct trace *t)
{
	struct path_list list = { NULL, 0 };

	for (size_t i = 0; i < t->paths.n; i++) {
		char *path = path_of_fact(t->paths.at[i]), *parent;

		if (is_unnamed(t->paths.at[i], path)) {
			parent = path_parent(path);
			append(&list, pattern_of(parent));
			free(parent);
		}
		free(path);
	}
	tidy(&list);
	return list;
}

static void note_unnamed(const struct path_list *directories, FILE *out)
{
	char *text, *note;

	if (!directories->n)
		return;
	text = pattern_text(directories->at[0]);
	note = xasprintf("ExecPaths= has %zu %s for removed files that were "
			 "mapped or executed, such as %s: each file in %s can "
			 "be executed.", directories->n, directories->n == 1 ?
			 "directory" : "directories", text,
			 directories->n == 1 ? "it" : "them");
	message_note("%s", note);
	write_comment(note, "# ", out);
	free(note);
	free(text);
}

/* Adds the directories of files without a name, which no rule can name. */
static void add_unnamed(struct path_list *list, const struct emit *emit,
			FILE *out)
{
	struct path_list directories = unnamed_directories(emit->trace);

	for (size_t i = 0; i < directories.n; i++)
		add_path(list, emit, "ExecPaths", directories.at[i]);
	note_unnamed(&directories, out);
	path_list_free(&directories);
}

static void write_executable(const struct emit *emit,
			     const struct path_uses *uses, bool private_tmp,
			     FILE *out)
{
	struct path_list list = { NULL, 0 };
	bool any_tmp = false;

	for (size_t i = 0; i < uses->n; i++)
		if (uses->at[i].access & PATH_RUNS)
			add_executable(&list, emit, uses, uses->at[i].pattern);
	add_unnamed(&list, emit, out);
	tidy(&list);
	fputs("NoExecPaths=\nNoExecPaths=/\n", out);
	for (size_t i = 0; i < list.n; i++)
		any_tmp |= is_below_any(list.at[i], temporary);
	/* A private /tmp is a mount, so it needs an entry of its own. */
	if (private_tmp && !any_tmp)
		fputs("NoExecPaths=-/tmp -/var/tmp\n", out);
	write_list(&list, 0, "ExecPaths", out);
	path_list_free(&list);
}

void write_systemd_paths(const struct emit *emit, FILE *out)
{
	static const char mounts[] =
		"The run mounts or unmounts file systems. Each option for "
		"paths would hide that from the rest of the system, so none "
		"is set.";
	const struct trace *t = emit->trace;
	struct path_uses *uses;
	struct path_list writable;
	bool private_tmp = has_private_tmp(t);

	if (changes_mounts(t)) {
		message_note("%s", mounts);
		write_comment(mounts, "# ", out);
		return;
	}
	uses = paths_fold(t, emit->general);
	writable = find_writable(emit, uses, private_tmp);
	fputs("# Of the paths that were recorded:\n", out);
	write_writable(&writable, out);
	write_executable(emit, uses, private_tmp, out);
	write_protections(t, &writable, private_tmp, out);
	path_list_free(&writable);
	paths_free(uses);
}
