/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts a Landlock policy in force for a command, or compares it with a
 * recording.
 */
#ifndef CONFINE_H
#define CONFINE_H

#include "landlock/denied.h"
#include "process/command.h"
#include "process/forward.h"
#include "profile/landlock.h"
#include "stream/trace.h"

struct confine_options {
	const struct landlock_policy *policy;
	/* whether to run the command even if denials cannot be listed */
	bool unlisted;
	unsigned int timeout;	/* seconds; 0: no limit */
	/* open; it has the signal mask for the command */
	struct forward *forward;
};

/*
 * Runs the command under the policy, and adds the denials of the command and
 * its descendants. Returns false if the command could not be run; this was
 * printed and latched.
 */
bool confine_run(const struct confine_options *o, const struct command *command,
		 struct denied *denied);

/*
 * Adds the paths and ports of the trace that the policy denies. Returns the
 * number of paths and ports in the trace.
 */
size_t confine_simulate(const struct landlock_policy *p, const struct trace *t,
			struct denied *denied);

#endif
