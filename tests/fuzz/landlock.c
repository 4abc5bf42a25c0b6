/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the reader of Landlock policies. A policy that it accepts must stay
 * equal when it is written and read again.
 */
#include <stdio.h>
#include <stdlib.h>

#include "profile/landlock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_again(const struct landlock_policy *p)
{
	struct landlock_policy *again;
	char *text = NULL, *problem = NULL;
	size_t n;
	FILE *file = open_memstream(&text, &n);

	landlock_write(p, file);
	fclose(file);
	file = fmemopen(text, n, "r");
	again = landlock_read(file, &problem);
	if (!again || again->n_rules != p->n_rules ||
	    again->n_ports != p->n_ports)
		abort();
	landlock_free(again);
	fclose(file);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in = size ? fmemopen((void *)data, size, "r") :
		fopen("/dev/null", "r");
	char *problem = NULL;
	struct landlock_policy *p = landlock_read(in, &problem);

	if (!p == !problem)
		abort();	/* a policy or a reason, never both */
	if (p)
		read_again(p);
	landlock_free(p);
	free(problem);
	fclose(in);
	return 0;
}
