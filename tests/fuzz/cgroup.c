/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the reader of /proc/PID/cgroup, where users can choose names of
 * directories.
 */
#include "../../lib/process/cgroup.c"

#include "fuzz.h"

static void find_path(FILE *file, int32_t hierarchy, const struct mntent *mount)
{
	int32_t found = hierarchy;
	char *path;

	rewind(file);
	path = find_membership(file, hierarchy, mount, &found);
	if (path && !mount && found != hierarchy)
		abort();
	if (path && cut_after(path, "0123456789ab") &&
	    !strstr(path, "0123456789ab"))
		abort();
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char options[] = "rw,cpu,cpuacct";
	const struct mntent mount = { .mnt_opts = options };
	FILE *file = fuzz_open(data, size);
	bool first_version;

	file_holds(file, cgroup_is_unit, "x.service", &first_version);
	rewind(file);
	file_holds(file, cgroup_is_container, "0123456789ab", &first_version);
	find_path(file, 0, NULL);
	find_path(file, 4, NULL);
	find_path(file, -1, &mount);
	fclose(file);
	return 0;
}
