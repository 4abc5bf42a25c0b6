/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The group `portable`: families of calls with the same purpose. Which call of
 * a family a program makes depends on the C library, the kernel and the
 * architecture. A profile with one call of a family gets the other calls, too.
 */
#ifndef PORTABLE_H
#define PORTABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/syscall.h"

enum { PORTABLE_CALLS_MAX = 10 };

struct portable_family {
	/* Names as libseccomp spells them; a NULL follows the last. */
	const char *calls[PORTABLE_CALLS_MAX + 1];
	/* The first call adds the others; the others do not add the first. */
	bool is_one_way;
	/* the program or library that makes each call, for --explain */
	const char *source;
};

/* Returns the rows of the table; NULL after the last. */
const struct portable_family *portable_at(size_t i);
/* Whether a profile that has `name` gets the other calls of the family. */
bool portable_brings(const struct portable_family *family, const char *name);

#endif
