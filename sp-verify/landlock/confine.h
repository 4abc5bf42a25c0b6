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
	bool unlisted;		/* run it even if denials cannot be listed */
	unsigned int timeout;	/* seconds; 0: none */
	struct forward *forward;	/* open; the mask is the command's */
};

/*
 * Run the command under the policy and add what that denied, to it and to all
 * that it started. False: it could not be run, printed and latched.
 */
bool confine_run(const struct confine_options *o, const struct command *command,
		 struct denied *denied);

/* Which of the trace's paths and ports the policy denies; how many it has. */
size_t confine_simulate(const struct landlock_policy *p, const struct trace *t,
			struct denied *denied);

#endif
