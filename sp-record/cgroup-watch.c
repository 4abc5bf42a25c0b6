/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "cgroup-watch.h"
#include "skeleton.h"

/*
 * The kernel runs our program for a new directory a moment before the directory
 * becomes visible. A directory that was created before its name was awaited is
 * visible after this time at the latest.
 */
enum { VISIBLE_US = 1000 };

struct watch {
	struct record *skel;
	const struct target_cgroup *cgroup;
	uint32_t scope;
	uint64_t parent;	/* id of the directory; 0: any */
};

static int add_cgroup(struct record *skel, uint64_t id, int32_t hierarchy,
		      uint32_t scope)
{
	struct cgroup_id key = { .id = id, .hierarchy = hierarchy };
	int error = bpf_map_update_elem(bpf_map__fd(skel->maps.cgroups), &key,
					&scope, BPF_NOEXIST);

	if (!error)
		__atomic_fetch_add(&skel->bss->progress.cgroups, 1,
				   __ATOMIC_SEQ_CST);
	return error == -EEXIST ? 0 : error;
}

static int await_name(const struct watch *w, const char *name, uint32_t next)
{
	struct cgroup_name key = {
		.parent = { w->parent, w->cgroup->hierarchy, 0 },
	};
	struct awaited value = {
		.root = w->cgroup->root,
		.scope = w->scope,
		.place = w->cgroup->place == TARGET_IN_SLICE ? BELOW_SLICES :
			w->cgroup->place == TARGET_ANYWHERE ? BELOW_SYSTEM :
			BELOW_PARENT,
		.next = next,
	};

	strncpy(key.name, name, CGROUP_NAME - 1);
	return bpf_map_update_elem(bpf_map__fd(w->skel->maps.awaited), &key,
				   &value, BPF_ANY);
}

/*
 * Returns the id of a directory, or 0 if it does not exist. Looks twice, since
 * it may become visible a moment later.
 */
static uint64_t id_of(const char *dir)
{
	struct stat st;

	if (!stat(dir, &st))
		return st.st_ino;
	usleep(VISIBLE_US);
	return stat(dir, &st) ? 0 : st.st_ino;
}

/* Adds all components but the first to `parts`, as a linked list. */
static int add_parts(struct record *skel, char **names, size_t n,
		     uint32_t *first)
{
	uint32_t at = skel->bss->control.parts + 1;
	int error = 0;

	*first = n > 1 ? at : 0;
	for (size_t i = 1; !error && i < n; i++, at++) {
		struct cgroup_part part = { .next = i + 1 < n ? at + 1 : 0 };

		strncpy(part.name, names[i], CGROUP_NAME - 1);
		error = bpf_map_update_elem(bpf_map__fd(skel->maps.parts), &at,
					    &part, BPF_ANY);
	}
	skel->bss->control.parts = at - 1;
	return error;
}

/*
 * Awaits the first component in the root of the hierarchy, and each further one
 * in its directory, if that exists.
 */
static int await_components(struct watch *w, char **names, size_t n)
{
	char *dir = xstrdup(w->cgroup->mount);
	uint32_t next;
	int error = add_parts(w->skel, names, n, &next);

	w->parent = w->cgroup->root;
	for (size_t i = 0; !error && w->parent && i < n; i++) {
		char *longer = xasprintf("%s/%s", dir, names[i]);

		free(dir);
		dir = longer;
		error = await_name(w, names[i], next);
		next = i + 2 < n ? next + 1 : 0;
		w->parent = id_of(dir);
	}
	free(dir);
	return !error && w->parent ? add_cgroup(w->skel, w->parent,
						w->cgroup->hierarchy,
						w->scope) : error;
}

static int await_path(struct watch *w)
{
	char *path = xstrdup(w->cgroup->path), *at = path, *name;
	char **names = xcalloc(strlen(path) + 1, sizeof(*names));
	size_t n = 0;
	int error;

	while ((name = strsep(&at, "/")))
		if (*name)
			names[n++] = name;
	error = await_components(w, names, n);
	free(names);
	free(path);
	return error;
}

int cgroup_watch(struct record *skel, struct target *target, uint32_t scope)
{
	int error = 0;

	for (size_t i = 0; !error && i < target->n_awaited; i++) {
		struct watch w = { skel, &target->awaited[i], scope, 0 };

		error = w.cgroup->place == TARGET_AT_PATH ? await_path(&w) :
			await_name(&w, w.cgroup->path, 0);
	}
	target_find(target);
	if (!error && target->cgroup)
		error = add_cgroup(skel, target->cgroup_id, target->hierarchy,
				   scope);
	return error;
}
