/* SPDX-License-Identifier: Apache-2.0 */
#include "process/container.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "process/process.h"

/*
 * Each container has a directory with its configuration and the id of its first
 * process.
 */
struct store {
	const char *engine, *dir;
	bool by_namespace;	/* directories of directories */
	const char *config, *pid;
};

static pid_t read_pid(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *file = fopen(path, "re");
	int pid = 0;

	free(path);
	if (!file)
		return 0;
	if (fscanf(file, "%d", &pid) != 1 || pid < 1)
		pid = 0;
	fclose(file);
	return pid;
}

/*
 * Between create and start, the first process is the runtime's: a fork of it
 * that executes the program later.
 */
static bool is_runtime(pid_t pid)
{
	enum { FORKNOEXEC = 0x40 };	/* PF_FORKNOEXEC, linux/sched.h */
	long flags = process_stat(pid, STAT_FLAGS);

	return flags >= 0 && flags & FORKNOEXEC;
}

/* Its id, or "POD/NAME". */
static bool is_called(const struct container *c, const char *name)
{
	size_t n = c->pod ? strlen(c->pod) : 0;

	return !strcmp(c->id, name) ||
		(n && c->name && !strncmp(name, c->pod, n) && name[n] == '/' &&
		 !strcmp(name + n + 1, c->name));
}

/* The container to look for. */
struct wanted {
	const char *name;
	bool runs;		/* take it only if it runs */
};

static bool read_one(const struct store *store, const char *dir, const char *id,
		     const struct wanted *wanted, struct container *c)
{
	char *path = xasprintf("%s/%s", dir, store->config);
	json_t *config = json_load_file(path, 0, NULL);

	free(path);
	if (!config)
		return false;
	c->engine = store->engine;
	c->id = xstrdup(id);
	container_take_annotations(c, json_object_get(config, "annotations"));
	json_decref(config);
	c->pid = read_pid(dir, store->pid);
	if (c->pid && !process_lives(c->pid))
		c->pid = 0;
	c->is_created = c->pid && is_runtime(c->pid);
	if (is_called(c, wanted->name) && (c->pid || !wanted->runs))
		return true;
	container_free(c);
	*c = (struct container){ 0 };
	return false;
}

static bool search(const struct store *store, const char *dir, bool by_namespace,
		   const struct wanted *wanted, struct container *c)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	bool found = false;

	while (d && !found && (entry = readdir(d))) {
		char *below;

		if (*entry->d_name == '.')
			continue;
		below = xasprintf("%s/%s", dir, entry->d_name);
		found = by_namespace ? search(store, below, false, wanted, c) :
			read_one(store, below, entry->d_name, wanted, c);
		free(below);
	}
	if (d)
		closedir(d);
	return found;
}

/*
 * A running container is looked for first: earlier ones of the pod have the
 * same name.
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
		struct wanted wanted = { name, runs };

		for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++)
			if (search(&stores[i], stores[i].dir,
				   stores[i].by_namespace, &wanted, c))
				return true;
	}
	return false;
}
