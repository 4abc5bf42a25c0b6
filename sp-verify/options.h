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
	MODE_SIMULATE,		/* a profile against recordings */
	MODE_RUN,		/* a command under a profile */
	MODE_REPLAY,		/* the commands of recordings, run again */
	MODE_AUDIT,
	MODE_SCORE,
	MODE_LANDLOCK,		/* a policy against recordings */
	MODE_LANDLOCK_RUN,	/* a command under a policy */
	MODE_COUNT
};

struct options {
	enum mode_id mode;
	struct files *files;	/* what the options name, open */
	struct filter_source source;
	/* a Landlock policy; NULL: `source` is verified */
	const char *landlock;
	const char *output;	/* NULL: stdout */
	const char *run;	/* NULL: all */
	const char *junit;	/* NULL: none is written */
	const char *user;	/* user of the command; NULL: the caller */
	struct selection selection;	/* of recordings */
	const char *from, *until;	/* marks, or NULL; of recordings */
	bool harness;		/* what belongs to no run of --split, too */
	bool replay, enforce, partial, json, learn, audit, score;
	/* the log of --audit; NULL: records as they are written */
	const char *log;
	const char *exe, *unit, *container;	/* NULL: any */
	unsigned int timeout;	/* seconds; 0: none */
	char **traces;		/* NULL-terminated */
	size_t n_traces;
	char **command;		/* NULL: none */
};

/* Prints and exits where the command line makes no sense. */
void options_read(struct options *o, int argc, char **argv);
void options_free(struct options *o);

#endif
