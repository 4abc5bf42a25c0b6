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
#include "process/cgroup.h"
#include "process/container.h"
#include "process/process.h"

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

/* "a, b and c" of what was searched. */
static char *mounts_text(const struct cgroup_mounts *m)
{
	char *text = xstrdup(m->n ? "" : "no cgroup hierarchy is mounted");

	for (size_t i = 0; i < m->n; i++)
		text_append(&text, ", ", m->at[i].dir);
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

bool target_set_container(struct target *t, const char *name, char **problem)
{
	struct container c = { 0 };
	struct cgroup_mounts m;

	t->how = "container";
	t->name = name;
	if (!container_find(name, &c)) {
		*problem = xasprintf("--container %s: no container of that id "
				     "or name; asked runc, crun, podman and "
				     "docker, as far as they are installed",
				     name);
	} else if (!c.pid) {
		*problem = xasprintf("--container %s: %s knows it, but it is "
				     "not running", name, c.engine);
	} else if (process_status(c.pid, "Tgid") != c.pid) {
		*problem = xasprintf("--container %s: %s says that its process "
				     "is %d, and no process here has that id",
				     name, c.engine, c.pid);
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
