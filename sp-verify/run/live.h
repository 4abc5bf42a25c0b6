/* SPDX-License-Identifier: Apache-2.0 */
/* A command run under the filter, with every violation of its whole tree. */
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
	struct forward *forward;	/* open; the mask is the command's */
	struct learn *learn;	/* keep what was denied here; NULL: nowhere */
};

struct live_result {
	bool refused;		/* the profile denied its start */
	bool has_status;	/* the command has ended */
	int32_t status;		/* exit status, or -n: killed by signal n */
	uint64_t duration_ns;	/* until it ended, whoever it left running */
	bool interfered;	/* it was sent a signal: by us, or passed on */
};

/*
 * Run the command until all that live under the filter are gone, and add
 * what they did against it. The hook, its argument and the signal mask of
 * `command` are set here. `run`, which describes the command, is taken over
 * when it is to be learned. False: it could not be run, printed and latched;
 * that the profile denied its start is no such failure.
 */
bool live_run(const struct live_options *o, struct command *command,
	      struct run *run, struct report *report,
	      struct live_result *result);

#endif
