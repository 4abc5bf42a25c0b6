/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command under the filter, and lists all violations of its process
 * tree.
 */
#ifndef LIVE_H
#define LIVE_H

#include "filter/filter.h"
#include "process/command.h"
#include "process/forward.h"
#include "report/learn.h"
#include "report/report.h"

struct live_options {
	const struct filter *filter;	/* the profile's filter */
	bool enforce;		/* whether to give the profile's answers */
	unsigned int timeout;	/* seconds; 0: no limit */
	/* open; it has the signal mask for the command */
	struct forward *forward;
	/* keeps the denied calls; NULL: not wanted */
	struct learn *learn;
};

struct live_result {
	/* whether the profile denied the command's start */
	bool refused;
	bool has_status;	/* whether the command has ended */
	int32_t status;		/* exit status, or -n if signal n killed it */
	/* Time until the command ended, even if other processes remained. */
	uint64_t duration_ns;
	/* Whether we sent or passed on a signal to the command. */
	bool interfered;
};

/*
 * Runs the command until all tasks under the filter have ended, and adds the
 * violations. Sets the hook, its argument and the signal mask of `command`.
 * `run` describes the command; with --learn, this takes ownership of it.
 * Returns false if the command could not be run; this was printed and latched.
 * If the profile denies the start, that is no failure.
 */
bool live_run(const struct live_options *o, struct command *command,
	      struct run *run, struct report *report,
	      struct live_result *result);

#endif
