/* SPDX-License-Identifier: Apache-2.0 */
/* What the tracer is asked to do. */
#ifndef TRACER_OPTIONS_H
#define TRACER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "mark.h"
#include "split.h"
#include "target.h"

struct tracer_options {
	bool no_follow;		/* the command's thread group only */
	struct target *targets;	/* what to attach to; none: a command */
	size_t n_targets;
	bool from_exec;		/* tasks are followed from their next exec on */
	size_t log_events;	/* room in each CPU's log; 0: no log */
	bool exact_times;	/* the clock is read for each event */
	bool results;		/* how each logged call ended */
	bool paths;		/* paths and addresses of sockets too */
	bool privileges;	/* capabilities, namespaces and modes too */
	bool stacks;		/* where each call was first made too */
	struct marks marks;	/* --mark */
	struct split split;	/* --split */
};


#endif
