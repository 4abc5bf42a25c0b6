/* SPDX-License-Identifier: Apache-2.0 */
/* A Landlock policy: in force for a command, or against a recording. */
#ifndef CONFINE_H
#define CONFINE_H

#include "landlock/denied.h"
#include "process/command.h"
#include "process/forward.h"
#include "profile/landlock.h"
#include "stream/trace.h"

struct confine_options {
	const struct landlock_policy *policy;
	/* run the command even if denials cannot be listed */
	bool unlisted;
	unsigned int timeout;	/* seconds; 0: none */
	/* open; it has the signal mask for the command */
	struct forward *forward;
};

/*
 * Run the command under the policy, and add the denials of the command and of
 * everything that it started. False: it could not be run, printed and latched.
 */
bool confine_run(const struct confine_options *o, const struct command *command,
		 struct denied *denied);

/*
 * Add the trace's paths and ports that the policy denies; returns how many
 * paths and ports the trace has.
 */
size_t confine_simulate(const struct landlock_policy *p, const struct trace *t,
			struct denied *denied);

#endif
