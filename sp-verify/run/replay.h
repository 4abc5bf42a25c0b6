/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the commands of recorded runs again. */
#ifndef REPLAY_H
#define REPLAY_H

#include "run/live.h"
#include "stream/trace.h"

/*
 * Runs each distinct (argv, directory, user) of the runs once, the earliest
 * first. `pick` selects runs by name or by the first digits of the id; NULL:
 * all runs. `stdout_fd` is as in struct command. Returns false if a command
 * could not be run; this was printed and latched.
 */
bool replay(const struct trace *t, const char *pick, int stdout_fd,
	    const struct live_options *o, struct report *report);

#endif
