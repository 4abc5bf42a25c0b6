/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Temporary names: the characters that mkstemp(3) and similar functions
 * generate.
 */
#ifndef RANDOM_NAME_H
#define RANDOM_NAME_H

#include <stdbool.h>
#include <stddef.h>

struct name_part {
	size_t at, size;	/* bytes; size 0: none */
};

/* How the run made the file or directory; each later one needs fewer signs. */
enum making {
	MADE,
	MADE_PRIVATE,		/* new, and for its owner alone: NAME_PRIVATE */
	MADE_AND_REMOVED,	/* so, and its name was removed by the run */
	MADE_LIKE_ANOTHER,	/* so, and another name has the same pattern */
};

/* What is made up in a name of N bytes. */
struct name_part random_part(const char *name, size_t n, enum making making);

#endif
