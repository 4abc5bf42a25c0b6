/* SPDX-License-Identifier: Apache-2.0 */
/* The profile's reader, and what is computed from what it reads. */
#include <stdio.h>
#include <stdlib.h>

#include "profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in = size ? fmemopen((void *)data, size, "r") :
		fopen("/dev/null", "r");
	char *problem = NULL;
	struct profile *p = profile_read(in, NULL, &problem);
	size_t n;

	if (!p == !problem)
		abort();	/* a verdict and its reason come together */
	if (p)
		free(profile_allowed(p, &n));
	profile_free(p);
	free(problem);
	fclose(in);
	return 0;
}
