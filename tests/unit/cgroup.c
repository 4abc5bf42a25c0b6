/* SPDX-License-Identifier: Apache-2.0 */
/* Which cgroups a unit or a container has: paths that users choose do not count. */
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

/* What is left of a path for the container "hop". */
static const struct {
	const char *path, *cut;		/* NULL: it is none of its */
} cuts[] = {
	{ "/hop", "/hop" },
	{ "/a/docker-hop.scope/init", "/a/docker-hop.scope" },
	{ "/kubepods.slice:cri-containerd:hop/x", "/kubepods.slice:cri-containerd:hop" },
	{ "/hop/a/hop/b", "/hop/a/hop" },
	{ "/shop/inner", NULL },
	{ "/hops/inner", NULL },
	{ "/hop.scopes/inner", NULL },
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

/* Paths by hierarchy, version 2 first; "*" is before one named after the id. */
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
			printf("choice %zu: %zu\n", i, best);
			status = 1;
		}
		for (size_t k = 0; k < 4; k++)
			free(places[k].path);
	}
	return status;
}

int main(void)
{
	int status = check_cuts() | check_choices();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *path = xstrdup(rows[i].path);

		if (has_component(path, rows[i].is, "web.service") !=
		    rows[i].holds) {
			printf("%s: %s\n", rows[i].path, rows[i].holds ?
			       "not found" : "found");
			status = 1;
		}
		free(path);
	}
	return status;
}
