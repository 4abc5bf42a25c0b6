/* SPDX-License-Identifier: Apache-2.0 */
/* The data that the tracer records. */
#ifndef TRACER_OPTIONS_H
#define TRACER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "mark.h"
#include "split.h"
#include "target.h"

struct tracer_options {
	bool no_follow;		/* record only the command's thread group */
	/* the targets; without one, a command is recorded */
	struct target *targets;
	size_t n_targets;
	bool from_exec;		/* record tasks only from their next exec on */
	size_t log_events;	/* entries in each CPU's log; 0: no log */
	bool exact_times;	/* read the clock for each event */
	bool results;		/* log how each call ended */
	bool paths;		/* record paths and addresses of sockets, too */
	/* record capabilities, namespaces and modes, too */
	bool privileges;
	/* record the stack of each call when it is first made, too */
	bool stacks;
	struct marks marks;	/* --mark */
	struct split split;	/* --split */
};


#endif
