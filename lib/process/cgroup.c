/* SPDX-License-Identifier: Apache-2.0 */
#include "process/cgroup.h"

#include <dirent.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "process/process.h"

/* A line of /proc/PID/cgroup, "4:memory:/path", split into its parts. */
struct membership {
	int32_t hierarchy;
	char *controllers;	/* "" for v2 */
	char *path;		/* seen from our root directory of cgroups */
};

static bool parse_membership(char *line, struct membership *m)
{
	char *first = strchr(line, ':');
	char *second = first ? strchr(first + 1, ':') : NULL;

	if (!second)
		return false;
	line[strcspn(line, "\n")] = '\0';
	*first = *second = '\0';
	m->hierarchy = atoi(line);
	m->controllers = first + 1;
	m->path = second + 1;
	return true;
}

/*
 * Finds the process's path in a hierarchy, in an open /proc/PID/cgroup. A
 * `hierarchy` of -1 means the one with `options`. The caller frees the path.
 */
static char *find_membership(FILE *file, int32_t hierarchy,
			     const struct mntent *options, int32_t *found)
{
	char *line = NULL, *path = NULL;
	struct membership m;
	size_t size = 0;

	while (!path && getline(&line, &size, file) > 0) {
		if (!parse_membership(line, &m))
			continue;
		if (options ? *m.controllers && hasmntopt(options,
							  m.controllers) :
			      m.hierarchy == hierarchy) {
			path = xstrdup(m.path);
			*found = m.hierarchy;
		}
	}
	free(line);
	return path;
}

static FILE *open_memberships(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	return fopen(path, "re");
}

static char *path_in(pid_t pid, int32_t hierarchy, const struct mntent *options,
		     int32_t *found)
{
	FILE *file = open_memberships(pid);
	char *path;

	if (!file)
		return NULL;
	path = find_membership(file, hierarchy, options, found);
	fclose(file);
	return path;
}

/*
 * The mount options and /proc/PID/cgroup both write controllers as
 * "cpu,cpuacct".
 */
static int32_t hierarchy_of(const struct mntent *mount)
{
	int32_t hierarchy = -1;

	if (!strcmp(mount->mnt_type, "cgroup2"))
		return 0;
	free(path_in(getpid(), -1, mount, &hierarchy));
	return hierarchy;
}

static void add_mount(struct cgroup_mounts *m, const char *dir,
		      int32_t hierarchy)
{
	m->at = xgrow(m->at, m->n, sizeof(*m->at));
	m->at[m->n++] = (struct cgroup_mount){ xstrdup(dir), hierarchy };
}

static void read_mounts(struct cgroup_mounts *m, const char *type)
{
	FILE *file = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;

	while (file && (mount = getmntent(file))) {
		int32_t hierarchy;

		if (strcmp(mount->mnt_type, type))
			continue;
		hierarchy = hierarchy_of(mount);
		if (hierarchy >= 0)
			add_mount(m, mount->mnt_dir, hierarchy);
	}
	if (file)
		endmntent(file);
}

void cgroup_mounts_read(struct cgroup_mounts *m)
{
	*m = (struct cgroup_mounts){ 0 };
	read_mounts(m, "cgroup2");
	read_mounts(m, "cgroup");
}

void cgroup_mounts_free(struct cgroup_mounts *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->at[i].dir);
	free(m->at);
}

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return !strncmp(path, dir, n) && (!path[n] || path[n] == '/');
}

static char *whole_path(const struct cgroup_mounts *m, const char *name,
			int32_t *hierarchy)
{
	char *path = realpath(name, NULL);
	size_t longest = 0;

	for (size_t i = 0; path && i < m->n; i++)
		if (is_below(path, m->at[i].dir) &&
		    strlen(m->at[i].dir) > longest) {
			longest = strlen(m->at[i].dir);
			*hierarchy = m->at[i].hierarchy;
		}
	if (longest && is_dir(path))
		return path;
	free(path);
	return NULL;
}

char *cgroup_find(const struct cgroup_mounts *m, const char *name,
		  int32_t *hierarchy)
{
	char *path = *name == '/' ? whole_path(m, name, hierarchy) : NULL;

	while (*name == '/')
		name++;
	for (size_t i = 0; !path && *name && i < m->n; i++) {
		path = xasprintf("%s/%s", m->at[i].dir, name);
		*hierarchy = m->at[i].hierarchy;
		if (!is_dir(path)) {
			free(path);
			path = NULL;
		}
	}
	return path;
}

static bool is_slice(const char *name)
{
	size_t n = strlen(name);

	return n > 6 && !strcmp(name + n - 6, ".slice");
}

/*
 * systemd puts units into slices, which can be nested. Other cgroups of systemd
 * have no units below them.
 */
static char *search_slices(const char *dir, const char *unit)
{
	char *path = xasprintf("%s/%s", dir, unit);
	struct dirent *entry;
	DIR *d;

	if (is_dir(path))
		return path;
	free(path);
	path = NULL;
	d = opendir(dir);
	while (d && !path && (entry = readdir(d))) {
		char *slice;

		if (entry->d_type != DT_DIR || !is_slice(entry->d_name))
			continue;
		slice = xasprintf("%s/%s", dir, entry->d_name);
		path = search_slices(slice, unit);
		free(slice);
	}
	if (d)
		closedir(d);
	return path;
}

char *cgroup_find_unit(const struct cgroup_mounts *m, const char *unit,
		       int32_t *hierarchy)
{
	char *path = NULL;

	for (size_t i = 0; !path && i < m->n; i++) {
		path = search_slices(m->at[i].dir, unit);
		*hierarchy = m->at[i].hierarchy;
	}
	return path;
}

/*
 * Matches "ID", "docker-ID" and "slice:cri-containerd:ID". Other positions of
 * the id do not count, because an id can be a short word.
 */
static bool ends_in_id(const char *name, size_t n, const char *id)
{
	size_t n_id = strlen(id);

	return n >= n_id && !strncmp(name + n - n_id, id, n_id) &&
		(n == n_id || strchr("-:", name[n - n_id - 1]));
}

static bool is_named_after(const char *name, size_t n, const char *id)
{
	static const char scope[] = ".scope";
	size_t n_scope = strlen(scope);

	return ends_in_id(name, n, id) ||
		(n > n_scope && !strncmp(name + n - n_scope, scope, n_scope) &&
		 ends_in_id(name, n - n_scope, id));
}

/*
 * Whether cgroups of users and containers are usually below this one. A user
 * can choose a container id that is part of such a name: "slice", or "1" for
 * "session-1.scope".
 */
static bool is_parent_of_others(const char *name, size_t n)
{
	static const struct {
		const char *text;
		bool at_end;
	} marks[] = {
		{ ".slice", true }, { ".service", true },
		{ "session-", false }, { "init.scope", false },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t size = strlen(marks[i].text);

		if (n >= size && !strncmp(name + (marks[i].at_end ? n - size :
						  0), marks[i].text, size))
			return true;
	}
	return false;
}

/* Shortens the path to the last component whose name has the id. */
static bool cut_after(char *path, const char *id)
{
	char *end = NULL;

	for (char *at = path; id && *id && *at; ) {
		size_t n = strcspn(at, "/");

		if (is_named_after(at, n, id) && !is_parent_of_others(at, n))
			end = at + n;
		at += n + strspn(at + n, "/");
	}
	if (end)
		*end = '\0';
	return end;
}

/* Returns NULL if the cgroup is the root, or our own, or not visible to us. */
static char *own_path(const struct cgroup_mount *m, pid_t pid)
{
	int32_t hierarchy;
	char *path = path_in(pid, m->hierarchy, NULL, &hierarchy);
	char *ours = path_in(getpid(), m->hierarchy, NULL, &hierarchy);

	if (path && (!strcmp(path, "/") || strstr(path, "/..") ||
		     (ours && !strcmp(path, ours)))) {
		free(path);
		path = NULL;
	}
	free(ours);
	return path;
}

/* The cgroup of a process in one hierarchy; `path` is NULL if it has none. */
struct place {
	char *path;
	bool named;		/* the path ends in the container's id */
	/* the number of hierarchies with the same path */
	size_t votes;
};

static void find_place(struct place *p, const struct cgroup_mount *m, pid_t pid,
		       const char *id)
{
	char *dir;

	p->path = own_path(m, pid);
	p->named = p->path && cut_after(p->path, id);
	dir = p->path ? xasprintf("%s%s", m->dir, p->path) : NULL;
	if (dir && !is_dir(dir)) {
		free(p->path);
		p->path = NULL;
	}
	free(dir);
}

static void count_votes(struct place *places, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; places[i].path && k < n; k++)
			places[i].votes += places[k].path &&
				!strcmp(places[i].path, places[k].path);
}

/*
 * Prefers a cgroup with the id in its name. If there is none, takes the path
 * that most hierarchies have: a runtime puts the process into a cgroup of the
 * same path in all hierarchies that it uses. On a machine with both versions,
 * it does not use version 2, where the process can still be in its user's
 * session.
 */
static size_t best_place(const struct place *places, size_t n)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++) {
		if (!places[i].path)
			continue;
		if (places[i].named)
			return i;
		if (best == n || places[i].votes > places[best].votes)
			best = i;
	}
	return best;
}

char *cgroup_of_process(const struct cgroup_mounts *m, pid_t pid,
			const char *id, int32_t *hierarchy)
{
	struct place *places = xcalloc(m->n, sizeof(*places));
	char *dir = NULL;
	size_t best;

	for (size_t i = 0; i < m->n; i++)
		find_place(&places[i], &m->at[i], pid, id);
	count_votes(places, m->n);
	best = best_place(places, m->n);
	if (best < m->n) {
		dir = xasprintf("%s%s", m->at[best].dir, places[best].path);
		*hierarchy = m->at[best].hierarchy;
	}
	for (size_t i = 0; i < m->n; i++)
		free(places[i].path);
	free(places);
	return dir;
}

/* A threaded cgroup does not list its processes: assume that there are some. */
static bool has_processes(const char *dir)
{
	char *path = xasprintf("%s/cgroup.procs", dir);
	FILE *file = fopen(path, "re");
	bool has = file && (getc(file) != EOF || ferror(file));

	free(path);
	if (file)
		fclose(file);
	return has;
}

bool cgroup_is_empty(const char *dir)
{
	bool empty = !has_processes(dir);
	DIR *d = empty ? opendir(dir) : NULL;
	struct dirent *entry;

	while (d && empty && (entry = readdir(d))) {
		char *below;

		if (entry->d_type != DT_DIR || *entry->d_name == '.')
			continue;
		below = xasprintf("%s/%s", dir, entry->d_name);
		empty = cgroup_is_empty(below);
		free(below);
	}
	if (d)
		closedir(d);
	return empty;
}

static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), n_end = strlen(end);

	return n >= n_end && !strcmp(name + n - n_end, end);
}

/*
 * Whether users choose names of cgroups below this one. The owner of a unit
 * does, and so does a user below user@UID.service. For containers, only the
 * latter counts: a container can be below a unit, such as the session in which
 * runc(8) was started.
 */
static bool has_names_of_users(const char *name,
			   bool (*is)(const char *, const char *))
{
	if (is == cgroup_is_unit)
		return ends_in(name, ".service") || ends_in(name, ".scope");
	return !strncmp(name, "user@", strlen("user@")) &&
		ends_in(name, ".service");
}

/* `*at` becomes the position of the component. */
static bool has_component(const char *path,
			  bool (*is)(const char *, const char *),
			  const char *arg, size_t *at)
{
	char *copy = xstrdup(path), *rest = copy, *name;
	bool has = false;

	while (!has && (name = strsep(&rest, "/"))) {
		has = *name && is(name, arg);
		*at = name - copy;
		if (!has && has_names_of_users(name, is))
			break;
	}
	free(copy);
	return has;
}

static bool is_ours(const char *dir)
{
	struct stat st;

	return !stat(dir, &st) && (!st.st_uid || st.st_uid == geteuid());
}

/*
 * Whether we can see the directories of this hierarchy. This checks the
 * directory of our own cgroup.
 */
static bool is_visible(const struct cgroup_mount *m)
{
	int32_t hierarchy;
	char *path = path_in(getpid(), m->hierarchy, NULL, &hierarchy);
	char *dir = xasprintf("%s%s", m->dir, path ? path : "/..");
	bool visible = path && is_dir(dir);

	free(dir);
	free(path);
	return visible;
}

/*
 * A process that owns its cgroup (a service with Delegate=) can create cgroups
 * of any name in it. So the parent directory must belong to root or to us.
 */
static bool is_made_by_manager(const struct membership *in, size_t n)
{
	struct cgroup_mounts m;
	bool ok = true;

	cgroup_mounts_read(&m);
	for (size_t i = 0; ok && i < m.n; i++) {
		char *dir;

		if (m.at[i].hierarchy != in->hierarchy)
			continue;
		dir = xasprintf("%s%.*s", m.at[i].dir, (int)n, in->path);
		ok = is_ours(dir) || !is_visible(&m.at[i]);
		free(dir);
	}
	cgroup_mounts_free(&m);
	return ok;
}

/*
 * In a hierarchy of version 1, an exiting process moves to the root
 * (proc_cgroup_show() in kernel/cgroup/cgroup.c), long before it becomes a
 * zombie.
 */
static bool is_exiting(pid_t pid)
{
	enum { PF_EXITING = 0x4 };		/* linux/sched.h */
	long flags = process_stat(pid, STAT_FLAGS);

	return flags < 0 || flags & PF_EXITING;
}

/* Returns the value for cgroup_holds(), or -1 if the file has no line. */
static int file_holds(FILE *file, bool (*is)(const char *, const char *),
		      const char *arg, bool *first_version)
{
	char *line = NULL;
	struct membership m;
	size_t size = 0, at;
	int holds = -1;

	*first_version = false;
	while (holds < 1 && getline(&line, &size, file) > 0) {
		if (!parse_membership(line, &m))
			continue;
		*first_version |= m.hierarchy != 0;
		holds = has_component(m.path, is, arg, &at) &&
			is_made_by_manager(&m, at);
	}
	free(line);
	return holds;
}

int cgroup_holds(pid_t pid, bool (*is)(const char *name, const char *arg),
		 const char *arg)
{
	FILE *file = open_memberships(pid);
	bool first_version;
	int holds;

	if (!file)
		return -1;
	holds = file_holds(file, is, arg, &first_version);
	fclose(file);
	return !holds && first_version && is_exiting(pid) ? -1 : holds;
}

bool cgroup_is_unit(const char *name, const char *unit)
{
	return !strcmp(name, unit);
}

/*
 * A cgroup of a container is named "ID", or "docker-ID.scope" and similar under
 * systemd.
 */
static const char *const container_prefixes[] = {
	"", "runc-", "crun-", "libpod-", "docker-", "nerdctl-",
	"cri-containerd-", "crio-",
};
enum {
	N_PREFIXES = sizeof(container_prefixes) / sizeof(container_prefixes[0]),
};

char *cgroup_container_name(size_t i, const char *id)
{
	return i / 2 < N_PREFIXES ? xasprintf("%s%s%s",
		container_prefixes[i / 2], id, i % 2 ? ".scope" : "") : NULL;
}

bool cgroup_is_container(const char *name, const char *id)
{
	char *one;

	for (size_t i = 0; (one = cgroup_container_name(i, id)); i++) {
		bool same = !strcmp(name, one);

		free(one);
		if (same)
			return true;
	}
	return false;
}
