/* SPDX-License-Identifier: Apache-2.0 */
/* A recording, of a command or of what runs already, to its end. */
#ifndef RECORDING_H
#define RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "job.h"
#include "process/command.h"
#include "process/forward.h"
#include "target.h"
#include "tracer.h"
#include "until.h"

struct recording_options {
	double seconds;		/* end after this many; 0: no limit */
	bool leader;		/* end with the command, whatever still runs */
	bool progress;		/* a live line on stderr */
	/* --live: the title of a full-screen view, or NULL */
	const char *live;
	bool quiet;
	const struct marks *marks;	/* of signals, too */
	const struct split *split;
	struct until_options until;
	int ready_fd;		/* gets a byte when it records; -1: none */
	/* Attached: */
	const struct target *targets;
	size_t n_targets;
	bool keep;		/* go on when no task is left */
	struct jobs *jobs;	/* of units; NULL: none */
	/* Called once everything is followed. */
	void (*on_attached)(void *argument, const struct tracer *tracer);
	void *argument;
};

struct recording {
	enum command_failure failure;
	int error;		/* of the failure */
	const char *what;
	bool has_status;	/* the command has ended */
	int status;		/* exit status, or -n: killed by signal n */
	int ended_by;		/* the signal that ended the recording, or 0 */
	bool timed_out;
	bool began;		/* the command's program was reached */
	uint64_t start_ns;	/* UTC, ns since the epoch, of the execve */
	uint64_t duration_ns;
	/*
	 * Signals are held before anything is opened that they would leave
	 * half-made, and released where writing may take for ever.
	 */
	struct forward signals;
};

/* Run the command and wait for the end. 0 or -errno: our own failure. */
int recording_run(struct recording *r, const struct recording_options *options,
		  const struct command *command, struct tracer *tracer);

/*
 * Follow the tracer's target until it has exited, a signal comes or the time is
 * over. 0 or -errno, as tracer_attach().
 */
int recording_attach(struct recording *r,
		     const struct recording_options *options,
		     struct tracer *tracer, pid_t *missing);

#endif
