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

int main(void)
{
	int status = 0;

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
