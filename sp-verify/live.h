/* SPDX-License-Identifier: Apache-2.0 */
/* A command run under the filter, with every violation of its whole tree. */
#ifndef LIVE_H
#define LIVE_H

#include "command.h"
#include "filter.h"
#include "report.h"

struct live_options {
	const struct filter *filter;	/* the profile's own */
	bool enforce;		/* answer as the profile says */
	unsigned int timeout;	/* seconds; 0: none */
};

/*
 * Run the command until all that live under the filter are gone, and add
 * what they did against it. The hook, its argument and the signal mask of
 * `command` are set here. False: it could not be run, printed and latched.
 */
bool live_run(const struct live_options *o, struct command *command,
	      struct report *report);

#endif
