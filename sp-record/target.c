/* SPDX-License-Identifier: Apache-2.0 */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "memory.h"
#include "text.h"

void target_free(struct target *t)
{
	free(t->pids);
	free(t->cgroup);
}

static void add_pid(struct target *t, pid_t pid)
{
	for (size_t i = 0; i < t->n_pids; i++)
		if (t->pids[i] == pid)
			return;
	t->pids = xgrow(t->pids, t->n_pids, sizeof(*t->pids));
	t->pids[t->n_pids++] = pid;
}

/* "Tgid:\t12" → 12; -1 when there is no such process or field. */
static long status_field(pid_t pid, const char *field)
{
	char path[32], *line = NULL;
	size_t size = 0, n = strlen(field);
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && getline(&line, &size, file) > 0)
		if (!strncmp(line, field, n) && line[n] == ':')
			value = strtol(line + n + 1, NULL, 10);
	free(line);
	if (file)
		fclose(file);
	return value;
}

/* proc(5): the fields of /proc/PID/stat after the name, from the state on. */
enum { STAT_PPID = 1, STAT_SESSION = 3, STAT_FLAGS = 6 };

static unsigned long stat_field(pid_t pid, int index)
{
	char path[32], line[1024] = "", *at;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	line[fread(line, 1, sizeof(line) - 1, file)] = '\0';
	fclose(file);
	at = strrchr(line, ')');
	for (at = at ? at + 2 : line; index && *at; index--)
		at += strcspn(at, " ") + 1;
	return strtoul(at, NULL, 10);
}

static char *pid_problem(pid_t pid)
{
	enum { KTHREAD = 0x00200000 };	/* PF_KTHREAD, linux/sched.h */
	long leader = status_field(pid, "Tgid");

	if (leader < 0 && kill(pid, 0) && errno == ESRCH)
		return xasprintf("-p %d: no such process", pid);
	if (leader < 0)
		return xasprintf("-p %d: /proc/%d/status cannot be read: is "
				 "/proc that of this PID namespace?", pid, pid);
	if (leader != pid)
		return xasprintf("-p %d: a thread of process %ld: its whole "
				 "process is recorded with -p %ld", pid,
				 leader, leader);
	if (stat_field(pid, STAT_FLAGS) & KTHREAD)
		return xasprintf("-p %d: a thread of the kernel, which makes "
				 "no system calls", pid);
	if (pid == getpid())
		return xasprintf("-p %d: this is sp-record itself", pid);
	return NULL;
}

bool target_set_pids(struct target *t, const char *name, char **problem)
{
	const char *at = name;

	t->how = "pid";
	t->name = name;
	for (;;) {
		char *end;
		long pid = strtol(at, &end, 10);

		if (end == at || pid < 1 || pid > INT_MAX ||
		    (*end && *end != ',')) {
			*problem = xasprintf("-p %s: not a list of process "
					     "ids, 12 or 12,34", name);
			return false;
		}
		*problem = pid_problem(pid);
		if (*problem)
			return false;
		add_pid(t, pid);
		if (!*end)
			return true;
		at = end + 1;
	}
}

/* "a, b and c" of what was searched. */
static char *mounts_text(const struct cgroup_mounts *m)
{
	char *text = xstrdup(m->n ? "" : "no cgroup hierarchy is mounted");

	for (size_t i = 0; i < m->n; i++) {
		char *longer = xasprintf("%s%s%s", text, i ? ", " : "",
					 m->at[i].dir);

		free(text);
		text = longer;
	}
	return text;
}

static bool use_cgroup(struct target *t, char *dir)
{
	struct stat st;

	t->cgroup = dir;
	if (!dir || stat(dir, &st))
		return false;
	t->cgroup_id = st.st_ino;
	return true;
}

/* Use what was found in the mounts, or say where it was looked for. */
static bool use_found(struct target *t, char *dir, const char *what,
		      struct cgroup_mounts *m, char **problem)
{
	bool ok = use_cgroup(t, dir);
	char *where = ok ? NULL : mounts_text(m);

	if (!ok)
		*problem = xasprintf("--%s %s: %s; looked in %s", t->how,
				     t->name, what, where);
	free(where);
	cgroup_mounts_free(m);
	return ok;
}

bool target_set_cgroup(struct target *t, const char *name, char **problem)
{
	struct cgroup_mounts m;

	t->how = "cgroup";
	t->name = name;
	cgroup_mounts_read(&m);
	return use_found(t, cgroup_find(&m, name, &t->hierarchy),
			 "no such cgroup", &m, problem);
}

bool target_set_unit(struct target *t, const char *name, char **problem)
{
	char *unit = strchr(name, '.') ? xstrdup(name) :
		xasprintf("%s.service", name), *dir = NULL;
	struct cgroup_mounts m;

	t->how = "unit";
	t->name = name;
	cgroup_mounts_read(&m);
	if (!strchr(name, '/'))
		dir = cgroup_find_unit(&m, unit, &t->hierarchy);
	free(unit);
	return use_found(t, dir, "no unit of that name has a cgroup in a slice", &m,
			 problem);
}

/* Containers */

struct container {
	pid_t pid;
	char *id;		/* heap */
};

/* runc state and crun state print the one, inspect a list of the other. */
static bool parse_state(json_t *json, struct container *c)
{
	json_t *one = json_is_array(json) ? json_array_get(json, 0) : json;
	json_t *pid = json_object_get(one, "pid");
	json_t *id = json_object_get(one, "id");

	if (json_is_array(json)) {
		pid = json_object_get(json_object_get(one, "State"), "Pid");
		id = json_object_get(one, "Id");
	}
	if (!json_is_integer(pid) || !json_is_string(id))
		return false;
	c->pid = json_integer_value(pid);
	c->id = xstrdup(json_string_value(id));
	return true;
}

/* What a command prints, as JSON; NULL also when it fails. */
static json_t *run_json_command(char **argv)
{
	posix_spawn_file_actions_t actions;
	json_t *json = NULL;
	int fds[2], status = -1;
	pid_t child;
	extern char **environ;

	if (pipe2(fds, O_CLOEXEC))
		return NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	if (!posix_spawnp(&child, argv[0], &actions, NULL, argv, environ)) {
		close(fds[1]);
		fds[1] = -1;
		json = json_loadfd(fds[0], JSON_DISABLE_EOF_CHECK, NULL);
		close(fds[0]);
		fds[0] = -1;
		waitpid(child, &status, 0);
	}
	posix_spawn_file_actions_destroy(&actions);
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (status) {
		json_decref(json);
		return NULL;
	}
	return json;
}

static const struct engine {
	const char *name, *verb;
} engines[] = {
	{ "runc", "state" },
	{ "crun", "state" },
	{ "podman", "inspect" },
	{ "docker", "inspect" },
};
enum { N_ENGINES = sizeof(engines) / sizeof(engines[0]) };

static bool ask_engine(const struct engine *e, const char *name,
		       struct container *c)
{
	char *argv[] = {
		(char *)e->name, (char *)e->verb, (char *)name, NULL,
	};
	json_t *json = run_json_command(argv);
	bool known = json && parse_state(json, c);

	json_decref(json);
	return known;
}

/* The engine that knows the container, or NULL. */
static const struct engine *ask_engines(const char *name, struct container *c)
{
	for (size_t i = 0; *name != '-' && i < N_ENGINES; i++)
		if (ask_engine(&engines[i], name, c))
			return &engines[i];
	return NULL;
}

bool target_set_container(struct target *t, const char *name, char **problem)
{
	struct container c = { 0 };
	const struct engine *engine = ask_engines(name, &c);
	struct cgroup_mounts m;

	t->how = "container";
	t->name = name;
	if (!engine) {
		*problem = xasprintf("--container %s: no container of that id "
				     "or name; asked runc, crun, podman and "
				     "docker, as far as they are installed",
				     name);
	} else if (c.pid <= 0 || status_field(c.pid, "Tgid") != c.pid) {
		*problem = xasprintf("--container %s: %s knows it, but it is "
				     "not running", name, engine->name);
	} else {
		add_pid(t, c.pid);
		cgroup_mounts_read(&m);
		use_cgroup(t, cgroup_of_process(&m, c.pid, c.id,
						&t->hierarchy));
		cgroup_mounts_free(&m);
	}
	free(c.id);
	return t->n_pids;
}

/* Daemons */

bool target_is_daemon(pid_t pid)
{
	return pid != 1 && stat_field(pid, STAT_PPID) == 1 &&
		stat_field(pid, STAT_SESSION) == (unsigned long)pid;
}

char *target_cgroup_of(pid_t pid)
{
	struct cgroup_mounts m;
	int32_t hierarchy;
	char *path;

	cgroup_mounts_read(&m);
	path = cgroup_of_process(&m, pid, NULL, &hierarchy);
	cgroup_mounts_free(&m);
	return path;
}
