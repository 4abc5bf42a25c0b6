/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares the privileges that two recordings used, as sp-record --privileges
 * records them.
 */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include "compare.h"

/*
 * Prints a line for each privilege that only one side used, for any image and
 * call. If only one side was recorded with privileges, a note says so. Returns
 * whether a difference counts. A privilege is always dangerous, and no group
 * adds it.
 */
bool compare_privileges(const struct side *old, const struct side *new,
			const struct comparison *c);

#endif
