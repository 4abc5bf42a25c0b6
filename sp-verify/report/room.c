/* SPDX-License-Identifier: Apache-2.0 */
#include "report/room.h"

enum {
	BYTES_MAX = 32 << 20,
	/* bytes of malloc(3) and of pointers, for each allocation */
	ALLOCATION = 64,
};

bool room_take(struct room *room, size_t bytes)
{
	if (bytes + ALLOCATION > BYTES_MAX - room->bytes)
		return false;
	room->bytes += bytes + ALLOCATION;
	return true;
}
