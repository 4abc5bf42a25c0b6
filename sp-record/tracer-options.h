/* SPDX-License-Identifier: Apache-2.0 */
/* What the tracer records. */
#ifndef TRACER_OPTIONS_H
#define TRACER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "mark.h"
#include "split.h"
#include "target.h"

struct tracer_options {
	bool no_follow;		/* record only the command's thread group */
	/* empty: a command is recorded */
	struct target *targets;
	size_t n_targets;
	bool from_exec;		/* record tasks only from their next exec on */
	size_t log_events;	/* entries in each CPU's log; 0: no log */
	bool exact_times;	/* whether to read the clock for each event */
	bool results;		/* whether to log how each call ended */
	/* whether to record paths and addresses of sockets */
	bool paths;
	/* whether to record capabilities, namespaces and modes */
	bool privileges;
	/* whether to record a stack when a call is first made */
	bool stacks;
	struct marks marks;	/* --mark */
	struct split split;	/* --split */
};


#endif
