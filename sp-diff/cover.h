/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest set of runs that together make every call: minimum set cover.
 */
#ifndef COVER_H
#define COVER_H

#include <stdbool.h>
#include <stddef.h>

struct cover;

struct cover *cover_new(size_t n_runs, size_t n_calls);
void cover_free(struct cover *c);
void cover_add(struct cover *c, size_t run, size_t call);

/*
 * Set chosen[run] for the runs of the smallest set, `n_runs` of them. Of equal
 * runs the first is taken. False: the search gave up, and the set covers every
 * call but may not be the smallest. The same input gives the same answer on
 * every machine.
 */
bool cover_solve(const struct cover *c, bool *chosen);

#endif
