/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/command-order.h"

#include <string.h>

static int compare_texts(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int compare_argv(char **a, char **b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	for (; *a && *b; a++, b++) {
		int order = strcmp(*a, *b);

		if (order)
			return order;
	}
	return (*a != NULL) - (*b != NULL);
}

int run_compare_commands(const struct run *a, const struct run *b)
{
	int order = compare_argv(a->argv, b->argv);

	/* A run without a command line is identified by its name. */
	if (!order && !a->argv)
		order = strcmp(a->name, b->name);
	return order ? order : compare_texts(a->mark, b->mark);
}
