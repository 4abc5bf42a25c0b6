/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the commands of recorded runs again. */
#ifndef REPLAY_H
#define REPLAY_H

#include "run/live.h"
#include "stream/trace.h"

/*
 * Run each distinct (argv, directory, user) of the runs once, the earliest
 * first. `pick`, unless NULL, is the name of the runs to take or the first
 * digits of their id. `stdout_fd` as in struct command. False: some could not
 * be run, printed and latched.
 */
bool replay(const struct trace *t, const char *pick, int stdout_fd,
	    const struct live_options *o, struct report *report);

#endif
