/* SPDX-License-Identifier: Apache-2.0 */
/* --known: the calls of a stream or a profile, which are not recorded again. */
#ifndef KNOWN_H
#define KNOWN_H

#include "kernel/syscall.h"

struct known {
	struct call_id *ids;	/* sorted, without duplicates */
	size_t n;
};

/* Prints and exits if the file is neither a stream nor a profile. */
void known_read(struct known *known, const char *path);
void known_free(struct known *known);

#endif
