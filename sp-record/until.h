/* SPDX-License-Identifier: Apache-2.0 */
/* --until-quiet and --until-risk: when a recording has seen enough. */
#ifndef UNTIL_H
#define UNTIL_H

#include <stdbool.h>
#include <stdint.h>

#include "tracer.h"

struct until_options {
	double quiet;		/* seconds without a new call; 0: not asked */
	double risk;		/* a share from 0 to 1; 0: not asked */
};

struct until;

/* NULL: nothing was asked. */
struct until *until_new(const struct until_options *options);
void until_free(struct until *u);

/*
 * Times are CLOCK_MONOTONIC, in ns. Looks if it is time; true, once: enough has
 * been seen, as a note says. Accepts NULL.
 */
bool until_check(struct until *u, struct tracer *t, uint64_t now_ns);
/* When to look again; 0: never. */
uint64_t until_due(const struct until *u);

#endif
