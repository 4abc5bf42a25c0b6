/* SPDX-License-Identifier: Apache-2.0 */
#include "process/container.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "process/cgroup.h"
#include "process/process.h"

/*
 * Each container has a directory with its configuration and the id of its first
 * process.
 */
struct store {
	const char *engine, *dir;
	/* the directory has a directory for each namespace */
	bool by_namespace;
	const char *config, *pid;
};

/*
 * Whether the process started after the file was written. The container's
 * process is then gone, and another process has its pid. This test fails if the
 * clock was set in the meantime. So a process in the container's own cgroup is
 * always accepted.
 */
static bool has_reused_pid(pid_t pid, const struct stat *written,
			   const char *id)
{
	enum { SLACK_S = 2 };
	long ticks = process_stat(pid, STAT_START);
	struct timespec now, up;

	if (ticks < 0 || clock_gettime(CLOCK_REALTIME, &now) ||
	    clock_gettime(CLOCK_BOOTTIME, &up))
		return false;
	return ticks / sysconf(_SC_CLK_TCK) + now.tv_sec - up.tv_sec >
		written->st_mtime + SLACK_S &&
		cgroup_holds(pid, cgroup_is_container, id) < 1;
}

/* Returns the container's first process, or 0 if it does not run. */
static pid_t read_pid(const char *dir, const char *name, const char *id)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *file = fopen(path, "re");
	struct stat st;
	int pid = 0;

	free(path);
	if (!file)
		return 0;
	if (fscanf(file, "%d", &pid) != 1 || pid < 1 || !process_lives(pid) ||
	    fstat(fileno(file), &st) || has_reused_pid(pid, &st, id))
		pid = 0;
	fclose(file);
	return pid;
}

/*
 * Between create and start, the first process is a fork of the runtime, which
 * executes the container's program later.
 */
static bool is_runtime(pid_t pid)
{
	enum { FORKNOEXEC = 0x40 };	/* PF_FORKNOEXEC, linux/sched.h */
	long flags = process_stat(pid, STAT_FLAGS);

	return flags >= 0 && flags & FORKNOEXEC;
}

/*
 * Skips one part of "a/b/c". Returns false if `name` does not begin with
 * `part`.
 */
static bool skip_part(const char **name, const char *part)
{
	size_t n = part ? strlen(part) : 0;

	if (!n || strncmp(*name, part, n) || (*name)[n] != '/')
		return false;
	*name += n + 1;
	return true;
}

/* Whether `name` is the container's id, "POD/NAME" or "NAMESPACE/POD/NAME". */
static bool is_called(const struct container *c, const char *name)
{
	const char *slash = strchr(name, '/');

	if (!strcmp(c->id, name))
		return true;
	if (slash && strchr(slash + 1, '/') && !skip_part(&name, c->namespace))
		return false;
	return skip_part(&name, c->pod) && c->name && !strcmp(name, c->name);
}

/* The container to look for, and the first one found. */
struct wanted {
	const char *name;
	bool runs;		/* accept only running containers */
	bool found;
	struct container first;
};

/* "shop/web/app (0123456789ab)" */
static void add_other(char **others, const struct container *c)
{
	char *text = xasprintf("%s/%s/%s (%.12s)",
			       c->namespace ? c->namespace : "?",
			       c->pod ? c->pod : "?", c->name ? c->name : "?",
			       c->id);

	text_append(others, ", ", text);
	free(text);
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/*
 * A pod can have many ended containers of the same name: accept any of them.
 * But two running ones, or two in different namespaces, make the name
 * ambiguous.
 */
static void take_one(struct wanted *wanted, struct container *c)
{
	struct container *first = &wanted->first;

	if (!wanted->found) {
		*first = *c;
		wanted->found = true;
		return;
	}
	if (strcmp(first->id, c->id) &&
	    (wanted->runs || !is_same(first->namespace, c->namespace))) {
		if (!first->others)
			add_other(&first->others, first);
		add_other(&first->others, c);
	}
	container_free(c);
}

static void read_one(const struct store *store, const char *dir, const char *id,
		     struct wanted *wanted)
{
	char *path = xasprintf("%s/%s", dir, store->config);
	json_t *config = json_load_file(path, 0, NULL);
	struct container c = { .engine = store->engine };

	free(path);
	if (!config)
		return;
	c.id = xstrdup(id);
	container_take_annotations(&c, json_object_get(config, "annotations"));
	container_take_process(&c, config);
	json_decref(config);
	if (is_called(&c, wanted->name))
		c.pid = read_pid(dir, store->pid, id);
	c.is_created = c.pid && is_runtime(c.pid);
	if (is_called(&c, wanted->name) && (c.pid || !wanted->runs))
		take_one(wanted, &c);
	else
		container_free(&c);
}

static void search(const struct store *store, const char *dir, bool by_namespace,
		   struct wanted *wanted)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		char *below;

		if (*entry->d_name == '.')
			continue;
		below = xasprintf("%s/%s", dir, entry->d_name);
		if (by_namespace)
			search(store, below, false, wanted);
		else
			read_one(store, below, entry->d_name, wanted);
		free(below);
	}
	if (d)
		closedir(d);
}

/*
 * Looks for a running container first, because earlier containers of the pod
 * have the same name.
 */
bool container_find_state(const char *name, struct container *c)
{
	static const struct store stores[] = {
		{ "containerd", "/run/containerd/io.containerd.runtime.v2.task",
		  true, "config.json", "init.pid" },
		{ "CRI-O", "/run/containers/storage/overlay-containers", false,
		  "userdata/config.json", "userdata/pidfile" },
	};

	for (int runs = 1; runs >= 0; runs--) {
		struct wanted wanted = { .name = name, .runs = runs };

		for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++)
			search(&stores[i], stores[i].dir,
			       stores[i].by_namespace, &wanted);
		if (wanted.found) {
			*c = wanted.first;
			return !c->others;
		}
	}
	return false;
}
