/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

bool machine_has_debug(const char *value)
{
	const char *debug = getenv("SP_DEBUG");

	return debug && !strcmp(debug, value);
}

bool kernel_is_older_than(unsigned int major, unsigned int minor)
{
	struct utsname name;
	unsigned int a, b;

	if (uname(&name) || sscanf(name.release, "%u.%u", &a, &b) != 2)
		return false;
	return a < major || (a == major && b < minor);
}

bool machine_sees_pids(void)
{
	char link[32] = "";
	ssize_t n = readlink("/proc/self/ns/pid", link, sizeof(link) - 1);

	return n > 0 && !strcmp(link, "pid:[4026531836]");
}

bool machine_can_preempt(void)
{
	return machine_has_debug("newer") || !kernel_is_older_than(7, 0);
}

bool machine_has_trace_events(void)
{
	static const char *const ids[] = {
		"/sys/kernel/tracing/events/raw_syscalls/sys_enter/id",
		"/sys/kernel/debug/tracing/events/raw_syscalls/sys_enter/id",
	};

	return !faccessat(AT_FDCWD, ids[0], R_OK, AT_EACCESS) ||
		!faccessat(AT_FDCWD, ids[1], R_OK, AT_EACCESS);
}

bool machine_has_own_clock(void)
{
	enum { TIME_INIT_INO = 0xEFFFFFFA };	/* linux/proc_ns.h */
	struct stat st;

	return !stat("/proc/self/ns/time", &st) && st.st_ino != TIME_INIT_INO;
}
