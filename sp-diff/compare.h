/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two sides. */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdio.h>

#include "side.h"

/*
 * Print a line to `out` (NULL: none) for each fact of one side alone. Against
 * a trace, an entry of a profile that a group adds is marked, and is a
 * difference with `groups` only. Returns whether they differ.
 */
bool compare_sides(const struct side *old, const struct side *new, bool groups,
		   FILE *out);

#endif
