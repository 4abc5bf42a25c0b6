/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With --paths: turns the kernel side's names into the paths and sockets of a
 * trace.
 */
#ifndef NAMING_H
#define NAMING_H

#include <stdbool.h>
#include <stdint.h>

#include "stream/trace.h"

struct record;
struct naming;
struct tally;

typedef uint32_t naming_place(void *arg, uint32_t image,
			      const struct tally *tally,
			      struct sighting *sighting);

/* To be called before loading: makes room for names, or none. */
void naming_prepare(struct record *skel, bool wanted);
/*
 * NULL: errno. `skew_ns` is how far our CLOCK_MONOTONIC is ahead of the
 * kernel's: time_namespaces(7).
 */
struct naming *naming_open(struct record *skel, uint64_t skew_ns);
void naming_free(struct naming *n);
int naming_fd(const struct naming *n);
/* Take the strings that have come. */
void naming_take(struct naming *n);
/*
 * Turn everything into facts; `place` gives the trace's index of the kernel
 * side's image, and the sighting. A lost name becomes a fact that says so.
 * Returns how many were lost without a fact: nothing is known of them.
 */
uint64_t naming_collect(struct naming *n, struct record *skel,
		       struct trace *trace, naming_place *place, void *arg);

#endif
