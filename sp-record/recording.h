/* SPDX-License-Identifier: Apache-2.0 */
/* A recording of one command, from its start to its end. */
#ifndef RECORDING_H
#define RECORDING_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "command.h"
#include "tracer.h"

struct recording_options {
	double seconds;		/* end after this many; 0: no limit */
	bool leader;		/* end with the command, whoever is left */
	bool progress;		/* a live line on stderr */
	bool quiet;
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
	sigset_t handled, mask;	/* held signals; the mask before */
};

/*
 * From here on signals wait for recording_run() to pass them on; before
 * anything is opened that they would leave half-made.
 */
void recording_hold_signals(struct recording *r);

/* Afterwards, where writing may take for ever: signals kill again. */
void recording_release_signals(const struct recording *r);

/* Run the command and wait for the end. 0 or -errno: our own failure. */
int recording_run(struct recording *r, const struct recording_options *options,
		  const struct command *command, struct tracer *tracer);

#endif
