/* SPDX-License-Identifier: Apache-2.0 */
/* --mark: the events that begin the phases of a recording. */
#ifndef MARK_H
#define MARK_H

#include <stdbool.h>
#include <stddef.h>

enum { MARKS = 7 };		/* MARKS_MAX of event.h */

struct mark {
	char *name;		/* name of the phase that it begins */
	const char *call;	/* the first call of that name, or NULL */
	const char *comm;	/* the name that a thread gets, or NULL */
	int signal;		/* a signal to sp-record, or 0 */
	bool key;		/* --live: the user makes it */
};

struct marks {
	struct mark at[MARKS];
	size_t n;
};

/*
 * Add NAME[=WHAT]; `arg` has to outlive the marks. False: `problem` (heap,
 * caller frees) says why not.
 */
bool mark_add(struct marks *m, const char *arg, char **problem);
/* Marks of keys, m1 to m7; there are no others. */
void mark_add_keys(struct marks *m);
/* The index of the mark of a signal, or m->n. */
size_t mark_of_signal(const struct marks *m, int signal);
void marks_free(struct marks *m);

#endif
