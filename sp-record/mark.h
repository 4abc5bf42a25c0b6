/* SPDX-License-Identifier: Apache-2.0 */
/* --mark: events that begin the phases of a recording. */
#ifndef MARK_H
#define MARK_H

#include <stdbool.h>
#include <stddef.h>

enum { MARKS = 7 };		/* MARKS_MAX in event.h */

struct mark {
	char *name;		/* the name of the phase that the mark begins */
	/* the first call of this name makes the mark; or NULL */
	const char *call;
	/* a thread that takes this name makes the mark; or NULL */
	const char *comm;
	/* this signal to sp-record makes the mark; or 0 */
	int signal;
	bool key;		/* the key m makes the mark (--live) */
};

struct marks {
	struct mark at[MARKS];
	size_t n;
};

/*
 * Adds NAME[=WHAT]. `arg` must live as long as the marks. Returns false on
 * failure, with a `problem` that the caller frees.
 */
bool mark_add(struct marks *m, const char *arg, char **problem);
/*
 * Adds the marks m1 to m7 for the key of --live. There must be no other marks.
 */
void mark_add_keys(struct marks *m);
/* Returns the index of the mark for this signal, or m->n. */
size_t mark_of_signal(const struct marks *m, int signal);
void marks_free(struct marks *m);

#endif
