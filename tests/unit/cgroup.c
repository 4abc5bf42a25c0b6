/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests how the cgroups of units and containers are found. Paths that users
 * chose must not be accepted.
 */
#include "../../lib/process/cgroup.c"

static const struct {
	bool (*is)(const char *name, const char *arg);
	const char *path;
	bool holds;
} rows[] = {
	{ cgroup_is_unit, "/system.slice/web.service", true },
	{ cgroup_is_unit, "/system.slice/web.service/workers", true },
	{ cgroup_is_unit, "/system.slice/a-b.slice/web.service", true },
	{ cgroup_is_unit, "/booted/system.slice/web.service", true },
	{ cgroup_is_unit, "/user.slice/user-1000.slice/user@1000.service/"
	  "app.slice/web.service", false },
	{ cgroup_is_unit, "/system.slice/docker-1.scope/web.service", false },
	{ cgroup_is_unit, "/system.slice/other.service/web.service", false },
	{ cgroup_is_unit, "/system.slice/web.service2", false },
	{ cgroup_is_unit, "/", false },
	{ cgroup_is_container, "/docker/web.service", true },
	{ cgroup_is_container, "/system.slice/docker-web.service.scope", true },
	{ cgroup_is_container, "/user.slice/session-1.scope/web.service", true },
	{ cgroup_is_container, "/user.slice/user-1000.slice/user@1000.service/"
	  "docker-web.service.scope", false },
};

/* Paths of the container "hop", and what cut_after() makes of them. */
static const struct {
	/* NULL: the path is not one of the container */
	const char *path, *cut;
} cuts[] = {
	{ "/hop", "/hop" },
	{ "/a/docker-hop.scope/init", "/a/docker-hop.scope" },
	{ "/kubepods.slice:cri-containerd:hop/x", "/kubepods.slice:cri-containerd:hop" },
	{ "/hop/a/hop/b", "/hop/a/hop" },
	{ "/shop/inner", NULL },
	{ "/hops/inner", NULL },
	{ "/hop.scopes/inner", NULL },
	{ "/user.slice/session-hop.scope/other", NULL },
	{ "/user.slice/session-hop.scope/hop/inner",
	  "/user.slice/session-hop.scope/hop" },
	{ "/", NULL },
};

static int check_cuts(void)
{
	int status = 0;

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		const char *expected = cuts[i].cut ? cuts[i].cut : cuts[i].path;
		char *path = xstrdup(cuts[i].path);

		if (cut_after(path, "hop") != !!cuts[i].cut ||
		    strcmp(path, expected)) {
			printf("%s: cut to %s\n", cuts[i].path, path);
			status = 1;
		}
		free(path);
	}
	return status;
}

/*
 * The paths of a process by hierarchy, version 2 first. "*" means that a part
 * of the path is the id. `best` is the place to use.
 */
static const struct {
	const char *paths[4];
	size_t best;
} choices[] = {
	{ { "/session", "/custom", "/custom", NULL }, 1 },
	{ { "/session", NULL, "/custom", "/custom" }, 2 },
	{ { "/session", "/custom", "/custom", "*/x/hop" }, 3 },
	{ { "/custom", NULL, NULL, NULL }, 0 },
	{ { NULL, NULL, NULL, NULL }, 4 },
};

static int check_choices(void)
{
	int status = 0;

	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		struct place places[4] = { 0 };
		size_t best;

		for (size_t k = 0; k < 4; k++) {
			const char *path = choices[i].paths[k];

			places[k].named = path && *path == '*';
			places[k].path = path ? xstrdup(path) : NULL;
		}
		count_votes(places, 4);
		best = best_place(places, 4);
		if (best != choices[i].best) {
			printf("choice %zu: wrong place %zu\n", i, best);
			status = 1;
		}
		for (size_t k = 0; k < 4; k++)
			free(places[k].path);
	}
	return status;
}

/*
 * A cgroup that another user owns must be refused, and one that root owns must
 * be accepted.
 */
static int check_owner(const struct cgroup_mount *mount, const char *name)
{
	enum { NOBODY = 65534 };
	static const uid_t owners[] = { NOBODY, 0 };
	char *dir = xasprintf("%s/%s", mount->dir, name);
	char *path = xasprintf("/%s/docker-x.scope", name);
	const struct membership in = { mount->hierarchy, "", path };
	int status = 0;

	for (size_t i = 0; i < 2 && !mkdir(dir, 0755); i++) {
		if (chown(dir, owners[i], -1))
			break;
		if (is_made_by_manager(&in, strlen(name) + 2) != !owners[i]) {
			printf("%s: wrong for the owner %u\n", dir, owners[i]);
			status = 1;
		}
		rmdir(dir);
	}
	free(dir);
	free(path);
	return status;
}

static int check_owners(void)
{
	char *name = xasprintf("sandprint-unit-%d", getpid());
	struct cgroup_mounts m;
	int status = 0;

	cgroup_mounts_read(&m);
	for (size_t i = 0; !geteuid() && i < m.n; i++)
		status |= check_owner(&m.at[i], name);
	cgroup_mounts_free(&m);
	free(name);
	return status;
}

int main(void)
{
	int status = check_cuts() | check_choices() | check_owners();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t at;

		if (has_component(rows[i].path, rows[i].is, "web.service",
				  &at) != rows[i].holds) {
			printf("%s: %s\n", rows[i].path, rows[i].holds ?
			       "not found" : "found");
			status = 1;
		}
	}
	return status;
}
