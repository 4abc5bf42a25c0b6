/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --until-quiet and --until-risk: end a recording when enough calls or runs
 * were recorded.
 */
#ifndef UNTIL_H
#define UNTIL_H

#include <stdbool.h>
#include <stdint.h>

#include "tracer.h"

struct until_options {
	/* seconds without a new call; 0: without --until-quiet */
	double quiet;
	/* a share from 0 to 1; 0: without --until-risk */
	double risk;
};

struct until;

/* Returns NULL if neither option was given. */
struct until *until_new(const struct until_options *options);
void until_free(struct until *u);

/*
 * Checks whether enough was recorded, if a look is due. If so, prints a note
 * and returns true, once. Times are CLOCK_MONOTONIC, in ns. Accepts NULL.
 */
bool until_check(struct until *u, struct tracer *t, uint64_t now_ns);
/* Returns the time of the next look; 0: never. */
uint64_t until_due(const struct until *u);

#endif
