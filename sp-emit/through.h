/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --only-through and --not-through: select calls by the functions that led to
 * them.
 */
#ifndef THROUGH_H
#define THROUGH_H

#include "base/options.h"
#include "stream/trace.h"

/* Patterns of fnmatch(3) for the functions and files in stacks. */
struct through {
	const char **only, **without;
	size_t n_only, n_without;
};

bool through_is_empty(const struct through *s);
void through_free(struct through *s);

/* Setters of options; `at` is the offset of the struct through. */
option_set through_option_only, through_option_not;

/*
 * Reduces the trace to some calls of images. These calls have a stack. If
 * `only` is not empty, it has a frame that matches one of its patterns. It has
 * no frame that matches one of `without`. If `only` is empty, calls without a
 * stack are kept, too, and a note counts them. Paths are left out. Returns
 * false if a pattern matches no frame; this was printed and latched.
 */
bool through_select(struct trace **t, const struct through *s);

#endif
