/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recognizes temporary names, by the characters that mkstemp(3) and similar
 * functions generate.
 */
#ifndef RANDOM_NAME_H
#define RANDOM_NAME_H

#include <stdbool.h>
#include <stddef.h>

struct name_part {
	size_t at, size;	/* in bytes; size 0: no random part */
};

/*
 * How the run created the file or directory. Names with later values need to
 * look less random to count as temporary.
 */
enum making {
	MADE,
	/* new, and accessible only to its owner: NAME_PRIVATE */
	MADE_PRIVATE,
	MADE_AND_REMOVED,	/* private, and the run removed it */
	/* private, and another private name has a similar random part */
	MADE_LIKE_ANOTHER,
};

/* Returns the random part of a name of N bytes. */
struct name_part random_part(const char *name, size_t n, enum making making);

#endif
