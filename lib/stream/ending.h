/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How runs ended. A run that crashed, or that ended as no earlier run did, has
 * probably not made all calls of its service.
 */
#ifndef ENDING_H
#define ENDING_H

#include "stream/trace.h"

/*
 * Returns "exited with 3" or "was killed by SIGSEGV", which the caller frees.
 * The run must have a status.
 */
char *ending_text(const struct run *run);

/*
 * Whether the command exited with a status other than 0, or was killed by a
 * signal other than those that usually stop programs.
 */
bool ending_is_failure(const struct run *run);

/*
 * Prints a note for each run of `t` that ended in a suspicious way, the first
 * few in full; each begins with `file` (NULL: none). `before` (NULL: none) holds
 * earlier runs; runs that `t` also has are ignored there. Returns whether one of
 * the runs did not exit with 0.
 *
 * A run is suspicious if a signal killed it, other than those that usually stop
 * programs (SIGHUP, SIGINT, SIGTERM), or if it ended in another way than every
 * earlier run of its name. Without an earlier run, a status other than 0 is
 * suspicious.
 */
bool endings_note(const struct trace *t, const struct trace *before,
		  const char *file);

#endif
