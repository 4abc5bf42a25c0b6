/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes calls through the vsyscall page. seccomp sees them, and the tracepoint
 * sys_enter does not.
 */
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "witness.h"

static int have_page(void)
{
	char line[512];
	int found = 0;
	FILE *maps = fopen("/proc/self/maps", "r");

	while (maps && fgets(line, sizeof(line), maps))
		found |= strstr(line, "[vsyscall]") != NULL;
	if (maps)
		fclose(maps);
	return found;
}

int main(void)
{
	int (*page_gettimeofday)(struct timeval *, void *) =
		(void *)0xffffffffff600000;
	time_t (*page_time)(time_t *) = (void *)0xffffffffff600400;
	int (*page_getcpu)(unsigned *, unsigned *, void *) =
		(void *)0xffffffffff600800;
	struct timeval tv;
	unsigned cpu;

	if (!have_page())
		return CANNOT;
	truth(ARCH, "gettimeofday", 3, " vsyscall");
	truth(ARCH, "time", 2, " vsyscall");
	truth(ARCH, "getcpu", 1, " vsyscall");
	for (int i = 0; i < 3; i++)
		page_gettimeofday(&tv, NULL);
	for (int i = 0; i < 2; i++)
		page_time(NULL);
	page_getcpu(&cpu, NULL, NULL);
}
