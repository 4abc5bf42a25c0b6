/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data that --live shows: the calls so far, as counted by the kernel side.
 */
#ifndef LIVE_CALLS_H
#define LIVE_CALLS_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/syscall.h"
#include "tracer.h"

/* A call that an image made. */
struct live_call {
	uint64_t first_ns;	/* on the clock of tracer_now() */
	/*
	 * Printable texts: the call with its first arguments, and the image's
	 * path.
	 */
	char *text, *image;
};

/* A call of all images together. */
struct live_name {
	struct call_id id;
	uint64_t count;
	double rate;		/* calls per second since the last look */
};

struct live_calls;

struct live_calls *live_calls_new(const struct tracer *t);
void live_calls_free(struct live_calls *l);
/* Reads the counts. `now_ns` is tracer_now(). */
void live_calls_look(struct live_calls *l, uint64_t now_ns);
/*
 * Returns the calls in the order in which they were first seen. They are valid
 * until the next look.
 */
const struct live_call *const *live_calls_seen(const struct live_calls *l,
					       size_t *n);
/* Returns the calls, sorted by rate and then by count, the greatest first. */
const struct live_name *live_calls_names(const struct live_calls *l, size_t *n);

#endif
