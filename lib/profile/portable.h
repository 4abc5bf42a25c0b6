/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The group `portable`: calls that do the same, of which another C library,
 * kernel or architecture makes another one. A profile that has one of a family
 * gets the others.
 */
#ifndef PORTABLE_H
#define PORTABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/syscall.h"

enum { PORTABLE_CALLS_MAX = 10 };

struct portable_family {
	/* Names as libseccomp spells them, NULL after the last. */
	const char *calls[PORTABLE_CALLS_MAX + 1];
	/* The first call brings the others, but they do not bring it. */
	bool is_one_way;
	const char *source;	/* who makes which, for --explain */
};

/* The table's rows, NULL after the last. */
const struct portable_family *portable_at(size_t i);
/* Whether having `name` brings the others of the family. */
bool portable_brings(const struct portable_family *family, const char *name);

#endif
