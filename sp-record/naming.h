/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With --paths: turns the names that the kernel side collects into paths and
 * sockets of a trace.
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

/*
 * Sets the sizes of the tables for names, or 0 if names are not `wanted`. Call
 * it before loading.
 */
void naming_prepare(struct record *skel, bool wanted);
/*
 * Returns NULL with errno on failure. `skew_ns` is our CLOCK_MONOTONIC minus
 * the kernel's: time_namespaces(7).
 */
struct naming *naming_open(struct record *skel, uint64_t skew_ns);
void naming_free(struct naming *n);
int naming_fd(const struct naming *n);
/* Takes the strings that have come. */
void naming_take(struct naming *n);
/*
 * Turns all names into facts. `place` finds the trace's image and the sighting
 * for an image of the kernel side. A lost name becomes a fact about the loss.
 * Returns the number of names that became no fact, because nothing is known
 * about them.
 */
uint64_t naming_collect(struct naming *n, struct record *skel,
		       struct trace *trace, naming_place *place, void *arg);

#endif
