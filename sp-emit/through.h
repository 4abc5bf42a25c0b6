/* SPDX-License-Identifier: Apache-2.0 */
/* --only-through and --not-through: select calls by where they were made. */
#ifndef THROUGH_H
#define THROUGH_H

#include "base/options.h"
#include "stream/trace.h"

/* Patterns (fnmatch(3)) for the functions and files of stacks. */
struct through {
	const char **only, **without;
	size_t n_only, n_without;
};

bool through_is_empty(const struct through *s);
void through_free(struct through *s);

/* Setters of options: `at` is where the struct through is. */
option_set through_option_only, through_option_not;

/*
 * Reduce the trace to the calls of images that have a stack with a frame that
 * matches one of `only`, if there are any, and none that matches one of
 * `without`. Calls without a stack stay if `only` is empty; a note counts them.
 * Paths are left out. False: a pattern matches no frame; printed and latched.
 */
bool through_select(struct trace **t, const struct through *s);

#endif
