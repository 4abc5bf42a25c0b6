/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that undo a sandbox or widen it most when they are allowed. */
#ifndef DANGER_H
#define DANGER_H

#include <stddef.h>

#include "kernel/syscall.h"

struct danger {
	const char *call;	/* a name, as libseccomp spells it */
	int rank;		/* 1: takes the machine over; 2: leads out of the
				   sandbox; 3: opens more of the kernel */
	const char *reason;
	const char *source;	/* where that is written */
};

/* The row of a call, or NULL. */
const struct danger *danger_of(struct call_id id);
/* The table's rows, by rank, NULL after the last. */
const struct danger *danger_at(size_t i);

#endif
