/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command under the filter, and lists every violation of its process
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
	const struct filter *filter;	/* the profile's own */
	bool enforce;		/* answer as the profile says */
	unsigned int timeout;	/* seconds; 0: none */
	/* open; it has the signal mask for the command */
	struct forward *forward;
	/* keep what was denied here; NULL: do not keep it */
	struct learn *learn;
};

struct live_result {
	bool refused;		/* the profile denied its start */
	bool has_status;	/* the command has ended */
	int32_t status;		/* exit status, or -n: killed by signal n */
	uint64_t duration_ns;	/* until it ended, whatever it left running */
	/* it was sent a signal: by us, or one that we passed on */
	bool interfered;
};

/*
 * Run the command until all tasks under the filter are gone, and add the
 * violations. The hook, its argument and the signal mask of `command` are set
 * here. `run` describes the command; with --learn it is taken over. False: the
 * command could not be run, printed and latched. A profile that denies its
 * start is no such failure.
 */
bool live_run(const struct live_options *o, struct command *command,
	      struct run *run, struct report *report,
	      struct live_result *result);

#endif
