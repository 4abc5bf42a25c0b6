/* SPDX-License-Identifier: Apache-2.0 */
/* --split: what begins a run within the recording of a command. */
#ifndef SPLIT_H
#define SPLIT_H

#include <stdbool.h>
#include <sys/types.h>

/* enum split_by of event.h */
enum split_how {
	SPLIT_NOT,
	SPLIT_BY_CHILDREN,
	SPLIT_BY_EXEC,
	SPLIT_BY_MARK,
};

enum { SPLIT_PATTERN_MAX = 255 };	/* bytes */

struct split {
	enum split_how how;
	const char *pattern;	/* of SPLIT_BY_EXEC */
	const char *path;	/* of SPLIT_BY_MARK: a FIFO … */
	int fd;			/* … that is open; -1: not yet */
	bool made;		/* it was not there before */
	int directory;		/* that it is in, open; -1 */
};

/*
 * children, exec:PATTERN or mark:FIFO; `arg` has to outlive the split. False:
 * `problem` (heap, caller frees) says why not.
 */
bool split_set(struct split *s, const char *arg, char **problem);
/*
 * Open the FIFO, and make it if there is none, for the user who runs the command
 * (-1: the caller). 0 or -errno; -EEXIST: there is something else.
 */
int split_open(struct split *s, uid_t uid, gid_t gid);
/* Read what was written: the kernel side has seen it. Some can be left. */
void split_drain(const struct split *s);
/* Also removes a FIFO that split_open() made. */
void split_close(struct split *s);

#endif
