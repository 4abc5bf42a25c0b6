/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of sp-verify. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "source.h"
#include "stream/select.h"

struct files;		/* files.h */

enum mode_id {
	MODE_SIMULATE,		/* compares a profile with recordings */
	MODE_RUN,		/* runs a command under a profile */
	MODE_REPLAY,		/* runs the commands of recordings again */
	MODE_AUDIT,
	MODE_SCORE,
	MODE_LANDLOCK,		/* compares a policy with recordings */
	MODE_LANDLOCK_RUN,	/* runs a command under a policy */
	MODE_COUNT
};

struct options {
	enum mode_id mode;
	struct files *files;	/* the files that the options name */
	struct filter_source source;
	/* Path of a Landlock policy. NULL: `source` is verified. */
	const char *landlock;
	const char *output;	/* NULL: stdout */
	const char *run;	/* NULL: all */
	const char *junit;	/* NULL: no JUnit file */
	const char *user;	/* the command's user; NULL: the caller */
	struct selection selection;	/* of recordings */
	/* names of marks in recordings, or NULL */
	const char *from, *until;
	/* Whether to include calls that belong to no run of --split. */
	bool harness;
	bool replay, enforce, partial, json, learn, audit, score;
	/* The log for --audit. NULL: read records as they are written. */
	const char *log;
	const char *exe, *unit, *container;	/* NULL: any */
	unsigned int timeout;	/* seconds; 0: no limit */
	char **traces;		/* NULL-terminated */
	size_t n_traces;
	char **command;		/* NULL: none */
};

/* Prints and exits if the command line is wrong. */
void options_read(struct options *o, int argc, char **argv);
void options_free(struct options *o);

#endif
