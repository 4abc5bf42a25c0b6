/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that undo a sandbox, or weaken it most, when a profile allows them. */
#ifndef DANGER_H
#define DANGER_H

#include <stddef.h>

#include "kernel/syscall.h"

struct danger {
	const char *call;	/* a name, as libseccomp spells it */
	/*
	 * 1: takes over the machine; 2: leads out of the sandbox; 3: opens more
	 * of the kernel
	 */
	int rank;
	const char *reason;
	const char *source;	/* the source for this rank */
};

/* Returns the row of a call, or NULL. */
const struct danger *danger_of(struct call_id id);
/* Returns the table's rows, by rank, NULL after the last. */
const struct danger *danger_at(size_t i);

#endif
