/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shows how tight a filter is: compares the calls that it allows with the
 * recorded ones, and with those that engines allow by default.
 */
#ifndef SCORE_H
#define SCORE_H

#include <stdio.h>

#include "filter/filter.h"
#include "profile/engine.h"
#include "stream/trace.h"

struct score;

/*
 * Computes the score. `name` is the profile's name in the output. `t` NULL:
 * there is no recording.
 */
struct score *score_new(const struct filter *filter, const char *name,
			const struct trace *t,
			const struct engine_files *files);
void score_free(struct score *s);
/*
 * Returns the number of recorded calls of this machine's architecture that the
 * filter denies.
 */
size_t score_violations(const struct score *s);
/* Prints a summary line and tables. */
void score_print(const struct score *s, FILE *out);
void score_json(const struct score *s, FILE *out);

#endif
