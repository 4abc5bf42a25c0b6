/* SPDX-License-Identifier: Apache-2.0 */
/* A trace cut down to some of its images. */
#ifndef SELECT_H
#define SELECT_H

#include "trace.h"

/*
 * All runs, and the images whose path matches one of the patterns
 * (fnmatch(3); `*` matches a slash too) with their calls. `from` becomes the
 * whole of the new trace, which frees it.
 */
struct trace *select_images(struct trace *from, char **globs, size_t n);

/* NULL, or what to say of a pattern that no image matches; heap. */
char *select_problem(const struct trace *t, char *glob);

#endif
