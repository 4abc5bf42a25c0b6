/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --split: the ways in which runs are separated within the recording of a
 * command.
 */
#ifndef SPLIT_H
#define SPLIT_H

#include <stdbool.h>
#include <sys/types.h>

/* The values are those of enum split_by in event.h. */
enum split_how {
	SPLIT_NOT,
	SPLIT_BY_CHILDREN,
	SPLIT_BY_EXEC,
	SPLIT_BY_MARK,
};

enum { SPLIT_PATTERN_MAX = 255 };	/* bytes */

struct split {
	enum split_how how;
	const char *pattern;	/* for SPLIT_BY_EXEC */
	const char *path;	/* for SPLIT_BY_MARK: the FIFO's path */
	int fd;			/* the open FIFO; -1: not open */
	bool made;		/* whether we created it */
	int directory;		/* descriptor of its directory; -1: not open */
};

/*
 * Reads "children", "exec:PATTERN" or "mark:FIFO". `arg` must live as long as
 * the split. Returns false on failure, with a `problem` that the caller frees.
 */
bool split_set(struct split *s, const char *arg, char **problem);
/*
 * Opens the FIFO. If it does not exist, creates it for the user who runs the
 * command (-1: the caller). Returns 0 or -errno; -EEXIST means that the path is
 * not a FIFO.
 */
int split_open(struct split *s, uid_t uid, gid_t gid);
/*
 * Empties the FIFO as far as possible. The kernel side has already seen the
 * text.
 */
void split_drain(const struct split *s);
/* Closes the FIFO, and removes it if split_open() created it. */
void split_close(struct split *s);

#endif
