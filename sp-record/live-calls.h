/* SPDX-License-Identifier: Apache-2.0 */
/* What --live shows: the calls so far, as the kernel side has counted them. */
#ifndef LIVE_CALLS_H
#define LIVE_CALLS_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/syscall.h"
#include "tracer.h"

/* A call that an image made. */
struct live_call {
	uint64_t first_ns;	/* CLOCK_MONOTONIC, as tracer_now() */
	/* for a terminal: with its first arguments; the path of the image */
	char *text, *image;
};

/* A call of all images. */
struct live_name {
	struct call_id id;
	uint64_t count;
	double rate;		/* calls a second since the look before */
};

struct live_calls;

struct live_calls *live_calls_new(const struct tracer *t);
void live_calls_free(struct live_calls *l);
/* Look at the counts. `now_ns`: tracer_now(). */
void live_calls_look(struct live_calls *l, uint64_t now_ns);
/* Valid until the next look: by first sight, the newest last. */
const struct live_call *const *live_calls_seen(const struct live_calls *l,
					       size_t *n);
/* By rate, then by count, the most frequent first. */
const struct live_name *live_calls_names(const struct live_calls *l, size_t *n);

#endif
