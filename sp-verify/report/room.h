/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A limit for the memory of a list of violations. The workload chooses numbers,
 * arguments and names, so a list without a limit would grow as long as it runs.
 */
#ifndef ROOM_H
#define ROOM_H

#include <stdbool.h>
#include <stddef.h>

struct room {
	size_t bytes;		/* in use; at most 32 MiB */
};

/* Takes room for a struct or a text. Returns false if there is not enough. */
bool room_take(struct room *room, size_t bytes);

#endif
