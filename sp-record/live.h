/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --live: a full-screen view of a recording. All functions accept NULL: no
 * view.
 */
#ifndef LIVE_H
#define LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "mark.h"
#include "tracer.h"

struct live;

/* Exits if the view is impossible: there is no terminal, or no ncurses. */
void live_check(void);
/* Opens the view. Output to stderr is held back until live_free(). */
struct live *live_new(const char *title, const struct marks *marks,
		      struct tracer *tracer);
void live_free(struct live *live);
/* Returns a descriptor that can be read when a key was pressed. -1: none. */
int live_fd(const struct live *live);
/* Handles pressed keys. Returns true if one of them ends the recording. */
bool live_keys(struct live *live);
/* Draws the view when it is due. Times are CLOCK_MONOTONIC, in ns. */
void live_show(struct live *live, uint64_t now_ns);
uint64_t live_due(const struct live *live);

#endif
