/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/constant.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/constant-headers.h"

struct constant {
	const char *name;
	uint64_t value;
};

/* Sorted by name. The build makes it with lib/kernel/constants. */
static const struct constant table[] = {
#define C(name) { #name, (uint64_t)(name) },
#define V(name, value) { #name, value },
#include "kernel/constants.h"
#undef C
#undef V
};

static int compare(const void *name, const void *constant)
{
	return strcmp(name, ((const struct constant *)constant)->name);
}

bool constant_by_name(const char *name, uint64_t *value)
{
	const struct constant *found =
		bsearch(name, table, sizeof(table) / sizeof(table[0]),
			sizeof(table[0]), compare);

	if (found)
		*value = found->value;
	return found;
}

const char *constant_name(const char *prefix, uint64_t value)
{
	size_t length = strlen(prefix);

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].value == value &&
		    !strncmp(table[i].name, prefix, length))
			return table[i].name;
	return NULL;
}
