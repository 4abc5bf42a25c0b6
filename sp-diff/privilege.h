/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares the privileges that two recordings used, as sp-record --privileges
 * records them.
 */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include "compare.h"

/*
 * Prints a line for each privilege that only one side used, whichever image and
 * call used it. If only one side was recorded with privileges, it prints a note
 * instead. Returns whether a difference counts. A privilege always counts as
 * dangerous, and no group adds one.
 */
bool compare_privileges(const struct side *old, const struct side *new,
			const struct comparison *c);

#endif
