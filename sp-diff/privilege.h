/* SPDX-License-Identifier: Apache-2.0 */
/* Which privileges two recordings used, as sp-record --privileges records them. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include "compare.h"

/*
 * Prints a line for each privilege that only one side used, whatever its image
 * and call. A note says so if only one side was recorded with its privileges.
 * Returns whether any of the differences counts: a privilege is always
 * dangerous, and never of a group.
 */
bool compare_privileges(const struct side *old, const struct side *new,
			const struct comparison *c);

#endif
