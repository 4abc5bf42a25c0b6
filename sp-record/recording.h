/* SPDX-License-Identifier: Apache-2.0 */
/* A recording from start to end, of a command or of running processes. */
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
	double seconds;		/* the time limit; 0: none */
	/* whether to end with the command, even if other processes still run */
	bool leader;
	bool progress;		/* show a status line on stderr */
	/* title of a full-screen view; NULL: no view */
	const char *live;
	bool quiet;
	const struct marks *marks;	/* marks, including those by signals */
	const struct split *split;
	struct until_options until;
	/* A descriptor that gets a byte when recording has begun. -1: none. */
	int ready_fd;
	/* The following is for targets. */
	const struct target *targets;
	size_t n_targets;
	bool keep;		/* whether to continue when no task is left */
	struct jobs *jobs;	/* systemctl commands for units; NULL: none */
	/* called when all targets are being followed */
	void (*on_attached)(void *argument, const struct tracer *tracer);
	void *argument;
};

struct recording {
	enum command_failure failure;
	int error;		/* errno of the failure */
	const char *what;
	bool has_status;	/* whether the command has ended */
	/* exit status, or -n if signal n killed the command */
	int status;
	/* The signal that ended the recording. 0: none. */
	int ended_by;
	bool timed_out;
	/* whether the program of the command was executed */
	bool began;
	/* time of this execution, UTC, in ns since 1970 */
	uint64_t start_ns;
	uint64_t duration_ns;
	/*
	 * Signals are blocked before files are opened that a signal would leave
	 * incomplete. They are unblocked for a write that could take forever.
	 */
	struct forward signals;
};

/*
 * Runs the command and waits for its end. Returns 0, or -errno if recording
 * fails.
 */
int recording_run(struct recording *r, const struct recording_options *options,
		  const struct command *command, struct tracer *tracer);

/*
 * Follows the tracer's targets until they have exited, a signal comes, or the
 * time is over. Returns 0 or -errno, as tracer_attach() does.
 */
int recording_attach(struct recording *r,
		     const struct recording_options *options,
		     struct tracer *tracer, pid_t *missing);

#endif
