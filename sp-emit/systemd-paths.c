/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a systemd drop-in that is made of paths: systemd.exec(5),
 * SANDBOXING. What is safe to turn on is what no recorded path contradicts.
 */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "memory.h"
#include "names.h"
#include "path.h"
#include "paths.h"

enum {
	CHANGES = NAME_WRITE | NAME_CREATE | NAME_DELETE | NAME_TRUNCATE |
		NAME_CHANGE | NAME_RENAME | NAME_LINK,
	RUNS = NAME_EXECUTE | NAME_MAP,
};

static bool is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return !strcmp(directory, "/") ||
		(!strncmp(path, directory, n) && (!path[n] || path[n] == '/'));
}

static bool is_below_any(const char *path, const char *const *directories)
{
	for (; *directories; directories++)
		if (is_below(path, *directories))
			return true;
	return false;
}

/* Whether any use of these kinds is below one of the directories. */
static bool uses_any(const struct path_uses *uses, uint32_t access,
		     const char *const *directories)
{
	for (size_t i = 0; i < uses->n; i++)
		if (uses->at[i].access & access &&
		    is_below_any(uses->at[i].path, directories))
			return true;
	return false;
}

static const char *const temporary[] = { "/tmp", "/var/tmp", NULL };

/* Whether nothing there was there before, but the directories themselves. */
static bool has_private_tmp(const struct path_uses *uses)
{
	for (size_t i = 0; i < uses->n; i++) {
		const struct path_use *u = &uses->at[i];

		if (is_below_any(u->path, temporary) && !u->made &&
		    strcmp(u->path, "/tmp") && strcmp(u->path, "/var/tmp"))
			return false;
	}
	return true;
}

/* What there is with PrivateDevices=yes. */
static bool has_private_devices(const struct path_uses *uses)
{
	static const char *const there[] = {
		"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
		"/dev/urandom", "/dev/tty", "/dev/ptmx", "/dev/pts",
		"/dev/shm", "/dev/mqueue", "/dev/hugepages", "/dev/log",
		"/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr", NULL,
	};
	static const char *const devices[] = { "/dev", NULL };

	for (size_t i = 0; i < uses->n; i++)
		if (is_below_any(uses->at[i].path, devices) &&
		    strcmp(uses->at[i].path, "/dev") &&
		    !is_below_any(uses->at[i].path, there))
			return false;
	return true;
}

static bool calls(const struct trace *t, const char *const *names)
{
	char buf[SYSCALL_NAME_MAX];

	for (size_t i = 0; i < t->calls.n; i++)
		for (size_t k = 0; names[k]; k++)
			if (!strcmp(syscall_label(t->calls.at[i]->id, buf),
				    names[k]))
				return true;
	return false;
}

/* Lists. */

struct list {
	char **at;
	size_t n;
};

static bool is_plain(const char *path)
{
	char *escaped = path_escape(path);
	bool plain = !strchr(escaped, '\\');

	free(escaped);
	return plain;
}

/*
 * A path, or what it is in: where it is a pattern, where it is not always
 * there, and where its name is nothing that a unit file can hold.
 */
static void add(struct list *list, const struct path_uses *uses,
		const char *path)
{
	char *at = path_literal(path), *up;
	const struct path_use *use = paths_find(uses, at);

	while (strcmp(at, "/") && (!is_plain(at) || (use && use->made))) {
		up = path_parent(at);
		free(at);
		at = up;
		use = paths_find(uses, at);
	}
	list->at = xgrow(list->at, list->n, sizeof(*list->at));
	list->at[list->n++] = at;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_covered(const struct list *list, size_t at)
{
	for (size_t i = 0; i < list->n; i++)
		if (i != at && is_below(list->at[at], list->at[i]) &&
		    (strcmp(list->at[i], list->at[at]) || i < at))
			return true;
	return false;
}

/* In quotes, as systemd.syntax(7) has them, with % for specifiers. */
static void write_quoted(const char *path, FILE *out)
{
	putc('"', out);
	for (; *path; path++) {
		if (strchr("\"\\%", *path))
			putc(*path == '%' ? '%' : '\\', out);
		putc(*path, out);
	}
	putc('"', out);
}

static void write_list(struct list *list, const char *key, FILE *out)
{
	if (list->n)
		qsort(list->at, list->n, sizeof(*list->at), by_name);
	fprintf(out, "%s=\n", key);
	for (size_t i = 0; i < list->n; i++)
		if (!is_covered(list, i)) {
			fprintf(out, "%s=", key);
			write_quoted(list->at[i], out);
			putc('\n', out);
		}
	for (size_t i = 0; i < list->n; i++)
		free(list->at[i]);
	free(list->at);
}

/* Below these ProtectSystem=strict changes nothing. */
static const char *const kernels_own[] = { "/dev", "/proc", "/sys", NULL };

static void write_writable(const struct path_uses *uses, bool private_tmp,
			   FILE *out)
{
	struct list list = { NULL, 0 };

	for (size_t i = 0; i < uses->n; i++) {
		const struct path_use *u = &uses->at[i];

		if (!(u->access & CHANGES) ||
		    is_below_any(u->path, kernels_own) ||
		    (private_tmp && is_below_any(u->path, temporary)))
			continue;
		add(&list, uses, u->path);
	}
	fputs("ProtectSystem=strict\n", out);
	write_list(&list, "ReadWritePaths", out);
}

static void write_executable(const struct path_uses *uses, FILE *out)
{
	struct list list = { NULL, 0 };

	for (size_t i = 0; i < uses->n; i++)
		if (uses->at[i].access & RUNS)
			add(&list, uses, uses->at[i].path);
	fputs("NoExecPaths=\nNoExecPaths=/\n", out);
	write_list(&list, "ExecPaths", out);
}

static void write_yes(const char *key, bool safe, FILE *out)
{
	if (safe)
		fprintf(out, "%s=yes\n", key);
}

void write_systemd_paths(const struct emit *emit, FILE *out)
{
	static const char *const homes[] = {
		"/home", "/root", "/run/user", NULL
	};
	static const char *const tunables[] = { "/proc/sys", "/sys", NULL };
	static const char *const cgroups[] = { "/sys/fs/cgroup", NULL };
	static const char *const logs[] = { "/dev/kmsg", "/proc/kmsg", NULL };
	static const char *const modules[] = {
		"init_module", "finit_module", "delete_module", NULL
	};
	static const char *const log_calls[] = { "syslog", NULL };
	const struct trace *t = emit->trace;
	struct path_uses *uses = paths_fold(t, emit->general);
	bool private_tmp = has_private_tmp(uses);
	bool in_homes = uses_any(uses, NAME_ACCESS, homes);

	fputs("# Of the paths that were recorded:\n", out);
	write_writable(uses, private_tmp, out);
	write_executable(uses, out);
	if (!uses_any(uses, CHANGES | RUNS, homes))
		fprintf(out, "ProtectHome=%s\n", in_homes ? "read-only" :
			"yes");
	write_yes("PrivateTmp", private_tmp, out);
	write_yes("PrivateDevices", has_private_devices(uses), out);
	write_yes("ProtectKernelTunables", !uses_any(uses, CHANGES, tunables),
		  out);
	write_yes("ProtectControlGroups", !uses_any(uses, CHANGES, cgroups),
		  out);
	write_yes("ProtectKernelLogs", !uses_any(uses, NAME_ACCESS, logs) &&
		  !calls(t, log_calls), out);
	write_yes("ProtectKernelModules", !calls(t, modules), out);
	paths_free(uses);
}
