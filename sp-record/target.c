/* SPDX-License-Identifier: Apache-2.0 */
#include "target.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "privilege.h"
#include "process/capture.h"
#include "process/cgroup.h"
#include "process/container.h"
#include "process/process.h"
#include "process/unit-name.h"

void target_free(struct target *t)
{
	for (size_t i = 0; i < t->n_awaited; i++) {
		free(t->awaited[i].mount);
		free(t->awaited[i].path);
	}
	free(t->awaited);
	free(t->pids);
	free(t->cgroup);
	free(t->unit);
	container_free(&t->container);
}

bool target_has_manager(const struct target *t)
{
	return !strcmp(t->how, "unit") || !strcmp(t->how, "container");
}

/* Whether no part of the target exists yet. */
static bool target_is_missing(const struct target *t)
{
	return !t->n_pids && !t->cgroup;
}

static void add_pid(struct target *t, pid_t pid)
{
	for (size_t i = 0; i < t->n_pids; i++)
		if (t->pids[i] == pid)
			return;
	t->pids = xgrow(t->pids, t->n_pids, sizeof(*t->pids));
	t->pids[t->n_pids++] = pid;
}

static char *pid_problem(pid_t pid)
{
	enum { KTHREAD = 0x00200000 };	/* PF_KTHREAD, linux/sched.h */
	long leader = process_status(pid, "Tgid");
	long flags = process_stat(pid, STAT_FLAGS);

	if (leader < 0 && !process_lives(pid))
		return xasprintf("-p %d: no such process", pid);
	if (leader < 0)
		return xasprintf("-p %d: /proc/%d/status cannot be read: is "
				 "/proc that of this PID namespace?", pid, pid);
	if (leader != pid)
		return xasprintf("-p %d: a thread of process %ld: its whole "
				 "process is recorded with -p %ld", pid,
				 leader, leader);
	if (flags >= 0 && flags & KTHREAD)
		return xasprintf("-p %d: a thread of the kernel, which makes "
				 "no system calls", pid);
	if (!privilege_is_unlimited() && !privilege_may_trace(pid))
		return xasprintf("-p %d: it belongs to another user or has "
				 "more privileges: " PRIVILEGE_LIMIT, pid);
	if (pid == getpid())
		return xasprintf("-p %d: this is sp-record itself", pid);
	if (!process_lives(pid))
		return xasprintf("-p %d: it has exited already, and its parent "
				 "has not waited for it", pid);
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

/* Cgroups */

static void use_cgroup(struct target *t, char *dir)
{
	struct stat st;

	if (!dir || stat(dir, &st)) {
		free(dir);
		return;
	}
	t->cgroup = dir;
	t->cgroup_id = st.st_ino;
}

static void await(struct target *t, const struct cgroup_mount *mount,
		  int place, const char *path)
{
	struct stat st;

	if (stat(mount->dir, &st))
		return;
	t->awaited = xgrow(t->awaited, t->n_awaited, sizeof(*t->awaited));
	t->awaited[t->n_awaited++] = (struct target_cgroup){
		.mount = xstrdup(mount->dir),
		.hierarchy = mount->hierarchy,
		.root = st.st_ino,
		.path = xstrdup(path),
		.place = place,
	};
}

/*
 * Also waits for a cgroup that was found, in case it is removed and created
 * again.
 */
static void await_again(struct target *t, const struct cgroup_mounts *m)
{
	for (size_t i = 0; t->cgroup && i < m->n; i++) {
		size_t n = strlen(m->at[i].dir);

		if (m->at[i].hierarchy == t->hierarchy &&
		    !strncmp(t->cgroup, m->at[i].dir, n) &&
		    t->cgroup[n] == '/')
			await(t, &m->at[i], TARGET_AT_PATH, t->cgroup + n + 1);
	}
}

/*
 * Whether the text is a path "a/b" of names that a directory can have. Repeated
 * slashes are allowed.
 */
static bool is_path(const char *path)
{
	bool any = false;

	while (*(path += strspn(path, "/"))) {
		size_t n = strcspn(path, "/");

		if (n > NAME_MAX || !strncmp(path, "..", n))
			return false;	/* "." or "..": n is 1 or 2 */
		any = true;
		path += n;
	}
	return any;
}

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return !strncmp(path, dir, n) && path[n] == '/';
}

/* Waits for `name` in the mount that has it now, or in all mounts. */
static void await_path(struct target *t, const struct cgroup_mounts *m,
		       const char *name)
{
	const struct cgroup_mount *deepest = NULL;

	if (!is_path(name))
		return;
	for (size_t i = 0; i < m->n; i++)
		if (is_below(name, m->at[i].dir) &&
		    (!deepest || strlen(m->at[i].dir) > strlen(deepest->dir)))
			deepest = &m->at[i];
	if (deepest)
		await(t, deepest, TARGET_AT_PATH, name + strlen(deepest->dir));
	for (size_t i = 0; !deepest && i < m->n; i++)
		await(t, &m->at[i], TARGET_AT_PATH, name);
}

/* Returns the mounts that were searched, such as "a, b and c". */
static char *mounts_text(const struct cgroup_mounts *m)
{
	char *text = xstrdup(m->n ? "" : "no cgroup hierarchy is mounted");

	for (size_t i = 0; i < m->n; i++)
		text_append(&text, ", ", m->at[i].dir);
	return text;
}

static char *no_such_cgroup(const char *name, const struct cgroup_mounts *m)
{
	char *where = mounts_text(m);
	char *problem = xasprintf("--cgroup %s: no cgroup can have this path; "
				  "cgroups are below %s", name, where);

	free(where);
	return problem;
}

bool target_set_cgroup(struct target *t, const char *name, char **problem)
{
	struct cgroup_mounts m;
	bool ok;

	t->how = "cgroup";
	t->name = name;
	cgroup_mounts_read(&m);
	use_cgroup(t, cgroup_find(&m, name, &t->hierarchy));
	if (t->cgroup)
		await_again(t, &m);
	else
		await_path(t, &m, name);
	ok = t->cgroup || t->n_awaited;
	if (!ok)
		*problem = no_such_cgroup(name, &m);
	cgroup_mounts_free(&m);
	return ok;
}

/* Units */

/*
 * Returns what is wrong with a unit's name: its characters, or a type that has
 * no processes (systemd.unit(5)). Returns NULL if it is valid.
 */
static char *unit_problem(const char *unit)
{
	static const char *const types[] = {
		"service", "scope", "slice", "socket", "mount", "swap",
	};
	const char *type = strrchr(unit, '.');
	bool has_processes = false;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		has_processes |= !strcmp(type + 1, types[i]);
	if (!unit_name_is_valid(unit))
		return xstrdup("no unit can have that name");
	if (!has_processes)
		return xasprintf("a unit of type %s has no processes", type);
	if (type[-1] == '@')
		return xstrdup("a template has no processes; name an instance, "
			       "such as getty@tty1");
	return NULL;
}

/*
 * Returns the unit's own name, since "redis.service" can be an alias of
 * redis-server.service. The caller frees it. NULL: unknown.
 */
static char *ask_unit_id(const char *unit)
{
	char *argv[] = {
		"systemctl", "show", "--property=Id", "--value", "--",
		(char *)unit, NULL,
	};
	char *id = capture_output(argv), *problem = NULL;

	if (!id)
		return NULL;
	id[strcspn(id, "\n")] = '\0';
	if (strchr(id, '.'))
		problem = unit_problem(id);
	if (strchr(id, '.') && !problem)
		return id;
	free(problem);
	free(id);
	return NULL;
}

static void find_unit(struct target *t, const struct cgroup_mounts *m)
{
	char *id;

	use_cgroup(t, cgroup_find_unit(m, t->unit, &t->hierarchy));
	id = t->cgroup ? NULL : ask_unit_id(t->unit);
	if (!id)
		return;
	free(t->unit);
	t->unit = id;
	use_cgroup(t, cgroup_find_unit(m, t->unit, &t->hierarchy));
}

bool target_set_unit(struct target *t, const char *name, char **problem)
{
	struct cgroup_mounts m;
	char *text;

	t->how = "unit";
	t->name = name;
	t->unit = unit_name_whole(name);
	text = unit_problem(t->unit);
	if (text) {
		*problem = xasprintf("--unit %s: %s", name, text);
		free(text);
		return false;
	}
	cgroup_mounts_read(&m);
	find_unit(t, &m);
	for (size_t i = 0; i < m.n; i++)
		await(t, &m.at[i], TARGET_IN_SLICE, t->unit);
	cgroup_mounts_free(&m);
	if (!t->n_awaited)
		*problem = xasprintf("--unit %s: no cgroup hierarchy is "
				     "mounted", name);
	return t->n_awaited;
}

/* Containers */

static void await_container(struct target *t, const struct cgroup_mounts *m,
			    const char *id)
{
	char *name;

	if (strchr(id, '/'))
		return;
	for (size_t i = 0; (name = cgroup_container_name(i, id)); i++) {
		for (size_t k = 0; k < m->n; k++)
			await(t, &m->at[k], TARGET_ANYWHERE, name);
		free(name);
	}
}

static size_t count_slashes(const char *name)
{
	size_t n = 0;

	while ((name = strchr(name, '/'))) {
		name++;
		n++;
	}
	return n;
}

static bool is_container_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-/";

	return *name && *name != '-' && *name != '.' &&
		count_slashes(name) <= 2 &&
		!name[strspn(name, letters)] &&
		strlen(name) < NAME_MAX - strlen("cri-containerd-.scope");
}

/* Uses the process and the cgroup of a running container. */
static void use_container(struct target *t, const struct container *c)
{
	struct cgroup_mounts m;

	cgroup_mounts_read(&m);
	add_pid(t, c->pid);
	t->is_created = c->is_created;
	use_cgroup(t, cgroup_of_process(&m, c->pid, c->id, &t->hierarchy));
	cgroup_mounts_free(&m);
}

bool target_set_container(struct target *t, const char *name, char **problem)
{
	struct container *c = &t->container;
	struct cgroup_mounts m;

	t->how = "container";
	t->name = name;
	if (!is_container_name(name)) {
		*problem = xasprintf("--container %s: no container can have "
				     "that id or name", name);
		return false;
	}
	container_find(name, c);
	if (c->others) {
		*problem = xasprintf("--container %s: several containers have "
				     "that name: %s; give "
				     "NAMESPACE/POD/NAME, or the id",
				     name, c->others);
		return false;
	}
	if (c->pid && process_status(c->pid, "Tgid") != c->pid) {
		*problem = xasprintf("--container %s: %s says that its process "
				     "is %d, and no process here has that id",
				     name, c->engine, c->pid);
		return false;
	}
	if (c->pid)
		use_container(t, c);
	cgroup_mounts_read(&m);
	await_container(t, &m, c->id ? c->id : name);
	await_again(t, &m);
	cgroup_mounts_free(&m);
	if (!t->n_awaited)
		*problem = xasprintf("--container %s: no such container; "
				     "POD/NAME finds only running containers",
				     name);
	return t->n_awaited;
}

void target_find(struct target *t)
{
	struct container c = { 0 };
	struct cgroup_mounts m;

	if (!target_is_missing(t))
		return;
	cgroup_mounts_read(&m);
	if (!strcmp(t->how, "cgroup"))
		use_cgroup(t, cgroup_find(&m, t->name, &t->hierarchy));
	else if (!strcmp(t->how, "unit"))
		use_cgroup(t, cgroup_find_unit(&m, t->unit, &t->hierarchy));
	else if (container_find(t->name, &c) && c.pid)
		use_container(t, &c);
	container_free(&c);
	cgroup_mounts_free(&m);
}

/* Daemons */

bool target_is_daemon(pid_t pid)
{
	return pid != 1 && process_stat(pid, STAT_PPID) == 1 &&
		process_stat(pid, STAT_SESSION) == pid;
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
