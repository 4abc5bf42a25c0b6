/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the readers of profiles, which recognize the format themselves, and
 * functions that compute with a profile.
 */
#include <stdio.h>
#include <stdlib.h>

#include "profile/profile.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * With this PATH, the groups of systemd are refused and no program is executed.
 */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return setenv("PATH", "/nonexistent", 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in = size ? fmemopen((void *)data, size, "r") :
		fopen("/dev/null", "r");
	const struct host host = { .version = 6, .patchlevel = 1 };
	char *problem = NULL;
	struct profile *p = profile_read(in, &host, &problem);
	size_t n;

	if (!p == !problem)
		abort();	/* a profile or a reason, never both */
	if (p)
		free(profile_allowed(p, &n));
	profile_free(p);
	free(problem);
	fclose(in);
	return 0;
}
