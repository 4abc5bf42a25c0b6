/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How runs ended. A run that crashed, or that ended as no earlier one did, has
 * probably not done everything that its service does.
 */
#ifndef ENDING_H
#define ENDING_H

#include "stream/trace.h"

/* "exited with 3", "was killed by SIGSEGV"; heap. The run has a status. */
char *ending_text(const struct run *run);

/*
 * It exited with another status than 0, or a signal killed it by which programs
 * are not stopped.
 */
bool ending_is_failure(const struct run *run);

/*
 * The runs of `t` that are to be named, "run NAME (1a2b3c4d) exited with 3",
 * each a heap text, and NULL after the last; the caller frees all. `before`
 * (NULL: nothing) holds earlier runs; what of `t` is there too is passed over.
 * *failed: one of them did not exit with 0.
 *
 * Named is a run that a signal killed, but for those by which programs are
 * stopped (SIGHUP, SIGINT, SIGTERM). So is one that ended in another way
 * than every earlier run of its name. Without an earlier run, a status other
 * than 0 is named.
 */
char **endings_to_name(const struct trace *t, const struct trace *before,
		       bool *failed);

/*
 * Print them as notes, the first few in full; `file` (NULL: none) comes first.
 * Returns whether one of the runs failed: did not exit with 0.
 */
bool endings_note(const struct trace *t, const struct trace *before,
		    const char *file);

#endif
