/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the smallest set of runs that together make every call (minimum set
 * cover).
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
 * Sets chosen[run] for the runs of the smallest set. If several sets are
 * smallest, the result prefers runs that come first. Returns false if the
 * search gave up; the set then covers every call, but may not be the smallest.
 * The same input has the same result on every machine.
 */
bool cover_solve(const struct cover *c, bool *chosen);

#endif
