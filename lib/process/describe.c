/* SPDX-License-Identifier: Apache-2.0 */
#include "process/describe.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/memory.h"
#include "kernel/syscall.h"
#include "process/peek.h"

static char **copy_list(char **list)
{
	char **copy;
	size_t n = 0;

	while (list[n])
		n++;
	copy = xcalloc(n + 1, sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = xstrdup(list[i]);
	return copy;
}

static char *join(char **list)
{
	size_t size = 1;
	char *text, *end;

	for (char **s = list; *s; s++)
		size += strlen(*s) + 1;
	text = end = xcalloc(size, 1);
	for (char **s = list; *s; s++) {
		if (s > list)
			*end++ = ' ';
		end = stpcpy(end, *s);
	}
	return text;
}

static void describe_caller(struct run *run)
{
	int n = getgroups(0, NULL);

	run->uid = geteuid();
	run->gid = getegid();
	run->groups = xcalloc(n > 0 ? n : 0, sizeof(*run->groups));
	n = getgroups(n, run->groups);
	run->n_groups = n > 0 ? n : 0;
}

static void describe_user(struct run *run, const struct command_user *user)
{
	run->uid = user->uid;
	run->gid = user->gid;
	run->n_groups = user->n_groups;
	run->groups = xmemdup(user->groups,
			      user->n_groups * sizeof(*user->groups));
}

static void describe_limits(struct run *run)
{
	for (int i = 0; i < RUN_RLIMITS; i++) {
		struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

		getrlimit(i, &limit);
		run->rlimits[i] = (struct rlimit_pair){
			limit.rlim_cur, limit.rlim_max,
		};
	}
}

/* Fills in the fields that do not depend on the target. */
static int describe_recorder(struct run *run)
{
	struct utsname uts;

	if (getrandom(run->id, RUN_ID_SIZE, 0) != RUN_ID_SIZE || uname(&uts))
		return -errno;
	run->version = xstrdup(VERSION);
	run->kernel = xstrdup(uts.release);
	run->machine = xstrdup(uts.machine);
	run->arch = arch_native()->audit;
	run->how = xcalloc(1, sizeof(*run->how));
	run->blind = xcalloc(1, sizeof(*run->blind));
	return 0;
}

int describe_run(struct run *run, char **argv, const char *name,
		 const struct command_user *user)
{
	int error = describe_recorder(run);
	char *cwd;

	if (error)
		return error;
	cwd = getcwd(NULL, 0);
	run->name = name ? xstrdup(name) : argv ? join(argv) : xstrdup("");
	run->argv = argv ? copy_list(argv) : NULL;
	run->cwd = cwd ? cwd : xstrdup("");
	describe_limits(run);
	run->umask = umask(0);
	umask(run->umask);
	if (user)
		describe_user(run, user);
	else
		describe_caller(run);
	return 0;
}

/* Opens /proc/PID/NAME for reading. Returns NULL on failure. */
static FILE *open_proc(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return fopen(path, "re");
}

/*
 * A process that writes a title over its arguments leaves empty arguments
 * behind, which do not count.
 */
static size_t without_empty(const char *text, size_t n)
{
	while (n > 1 && !text[n - 1] && !text[n - 2])
		n--;
	return n;
}

/*
 * Makes a list of the `n` bytes of texts; the last one may lack its end.
 * execve(2) limits arguments and their pointers to 6 MiB (fs/exec.c). A process
 * can seem to have more (PR_SET_MM, prctl(2)); then returns NULL.
 */
static char **split(const char *text, size_t n)
{
	enum { ARGUMENTS_MAX = 6 << 20 };
	size_t count = 1, i = 0;
	char **list;

	for (size_t at = 0; at + 1 < n; at++)
		count += !text[at];
	if (n + count * sizeof(*list) > ARGUMENTS_MAX)
		return NULL;
	list = xcalloc(count + 1, sizeof(*list));
	for (const char *at = text; i < count; at += strlen(at) + 1)
		list[i++] = xstrdup(at);
	return list;
}

/* Returns NULL if the arguments cannot be read. */
static char **process_argv(pid_t pid)
{
	struct peek *peek = peek_new();
	size_t n;
	char *text = peek_arguments(peek, pid, &n);
	char **argv = NULL;

	n = text ? without_empty(text, n) : 0;
	if (n)
		argv = split(text, n);
	free(text);
	peek_free(peek);
	return argv;
}

static char *process_cwd(pid_t pid)
{
	char path[64], cwd[PATH_MAX + 1] = "";

	snprintf(path, sizeof(path), "/proc/%d/cwd", pid);
	if (readlink(path, cwd, PATH_MAX) < 0)
		*cwd = '\0';
	return xstrdup(cwd);
}

static void add_groups(struct run *run, const char *list)
{
	char *end;

	for (;; list = end) {
		unsigned long group = strtoul(list, &end, 10);

		if (end == list)
			return;
		run->groups = xgrow(run->groups, run->n_groups,
				    sizeof(*run->groups));
		run->groups[run->n_groups++] = group;
	}
}

static uint64_t parse_limit(const char **at)
{
	uint64_t limit = UINT64_MAX;
	char *end;

	*at += strspn(*at, " ");
	if (**at >= '0' && **at <= '9')
		limit = strtoull(*at, &end, 10);
	*at += strcspn(*at, " ");
	return limit;
}

/*
 * prlimit(2) is not permitted for other users' processes, so this reads
 * /proc/PID/limits. It has a line for each RLIMIT_*, in their order, and each
 * line begins with 25 columns of text.
 */
static void describe_limits_of(struct run *run, pid_t pid)
{
	enum { TEXT_COLUMNS = 25 };
	FILE *file = open_proc(pid, "limits");
	char *line = NULL;
	size_t size = 0;

	for (int i = -1; file && i < RUN_RLIMITS &&
	     getline(&line, &size, file) > TEXT_COLUMNS; i++) {
		const char *at = line + TEXT_COLUMNS;

		if (i < 0)
			continue;	/* the heading */
		run->rlimits[i].soft = parse_limit(&at);
		run->rlimits[i].hard = parse_limit(&at);
	}
	free(line);
	if (file)
		fclose(file);
}

/* Reads the effective ids in /proc/PID/status: proc(5). */
static bool describe_status(struct run *run, pid_t pid)
{
	FILE *file = open_proc(pid, "status");
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return false;
	while (getline(&line, &size, file) > 0) {
		sscanf(line, "Uid: %*u %u", &run->uid);
		sscanf(line, "Gid: %*u %u", &run->gid);
		sscanf(line, "Umask: %o", &run->umask);
		if (!strncmp(line, "Groups:", strlen("Groups:")))
			add_groups(run, line + strlen("Groups:"));
	}
	free(line);
	fclose(file);
	return true;
}

int describe_process(struct run *run, pid_t pid, bool with_argv,
		     const char *name)
{
	char **argv = pid && with_argv ? process_argv(pid) : NULL;
	int error = describe_recorder(run);

	if (error)
		return error;
	run->name = name ? xstrdup(name) : argv ? join(argv) : xstrdup("");
	run->argv = argv;
	run->cwd = pid ? process_cwd(pid) : xstrdup("");
	describe_limits(run);
	if (pid)
		describe_limits_of(run, pid);
	if (!pid || !describe_status(run, pid))
		describe_caller(run);
	return 0;
}

static int compare_labels(const void *a, const void *b)
{
	return strcmp(((const struct label *)a)->key,
		      ((const struct label *)b)->key);
}

bool describe_label(struct run *run, const char *label)
{
	const char *equals = strchr(label, '=');
	struct label new;

	if (!equals || equals == label)
		return false;
	new.key = xasprintf("%.*s", (int)(equals - label), label);
	new.value = xstrdup(equals + 1);
	for (size_t i = 0; i < run->n_labels; i++) {
		if (strcmp(run->labels[i].key, new.key))
			continue;
		free(new.key);
		free(run->labels[i].value);
		run->labels[i].value = new.value;
		return true;
	}
	run->labels = xgrow(run->labels, run->n_labels, sizeof(new));
	run->labels[run->n_labels++] = new;
	qsort(run->labels, run->n_labels, sizeof(new), compare_labels);
	return true;
}

void describe_append(char ***list, const char *text)
{
	size_t n = 0;

	while ((*list)[n])
		n++;
	*list = xrealloc(*list, n + 2, sizeof(**list));
	(*list)[n] = xstrdup(text);
	(*list)[n + 1] = NULL;
}
