/* SPDX-License-Identifier: Apache-2.0 */
/* --mark: events that begin the phases of a recording. */
#ifndef MARK_H
#define MARK_H

#include <stdbool.h>
#include <stddef.h>

enum { MARKS = 7 };		/* MARKS_MAX in event.h */

struct mark {
	char *name;		/* the name of the phase that the mark begins */
	const char *call;	/* mark: the first call of that name; or NULL */
	const char *comm;	/* mark: a thread gets that name; or NULL */
	int signal;		/* mark: sp-record gets that signal; or 0 */
	bool key;		/* mark: the user presses m (--live) */
};

struct marks {
	struct mark at[MARKS];
	size_t n;
};

/*
 * Adds NAME[=WHAT]. `arg` must live longer than the marks. Returns false on
 * failure, with a `problem` that the caller frees.
 */
bool mark_add(struct marks *m, const char *arg, char **problem);
/* Adds the marks m1 to m7, for the key of --live; there must be no others. */
void mark_add_keys(struct marks *m);
/* Returns the index of the mark that the signal makes, or m->n. */
size_t mark_of_signal(const struct marks *m, int signal);
void marks_free(struct marks *m);

#endif
