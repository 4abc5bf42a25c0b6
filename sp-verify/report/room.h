/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The size of a list of violations. The workload chooses its numbers,
 * arguments and names, so that a list without a limit would grow for as long as
 * it runs.
 */
#ifndef ROOM_H
#define ROOM_H

#include <stdbool.h>
#include <stddef.h>

struct room {
	size_t bytes;		/* in use; at most 32 MiB */
};

/* Takes room for a struct or a text; false: there is not enough. */
bool room_take(struct room *room, size_t bytes);

#endif
