/* SPDX-License-Identifier: Apache-2.0 */
/* --live: a full-screen view of a recording. Functions accept NULL: no view. */
#ifndef LIVE_H
#define LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "mark.h"
#include "tracer.h"

struct live;

/* Exits if there can be no view: no terminal, or no ncurses. */
void live_check(void);
/* From here on, what is printed on stderr waits until live_free(). */
struct live *live_new(const char *title, const struct marks *marks,
		      struct tracer *tracer);
void live_free(struct live *live);
/* A descriptor that is readable when there is a key; -1: none. */
int live_fd(const struct live *live);
/* Take keys. True: the recording is to end. */
bool live_keys(struct live *live);
/* Draw, if it is due. Times are CLOCK_MONOTONIC, in ns. */
void live_show(struct live *live, uint64_t now_ns);
uint64_t live_due(const struct live *live);

#endif
