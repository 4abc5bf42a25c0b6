/* SPDX-License-Identifier: Apache-2.0 */
/* --known: the calls that an earlier stream or a profile has. */
#ifndef KNOWN_H
#define KNOWN_H

#include "kernel/syscall.h"

struct known {
	struct call_id *ids;	/* sorted, distinct */
	size_t n;
};

/* Prints and exits if the file is neither. */
void known_read(struct known *known, const char *path);
void known_free(struct known *known);

#endif
