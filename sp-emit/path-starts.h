/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the programs of a trace that other programs of it started. The policy
 * for a running program need not permit the acts of other programs.
 */
#ifndef PATH_STARTS_H
#define PATH_STARTS_H

#include "stream/trace.h"

struct starts;

/* Returns NULL if the trace is older than the records of starts. */
struct starts *starts_of(const struct trace *t);
void starts_free(struct starts *s);
/*
 * Whether a path's fact is an execution by a process for which the policy is
 * not made: the recorder, or a program that was left out. At an execution, the
 * kernel also executes the program's dynamic loader and script.
 */
bool starts_from_outside(const struct starts *s, const struct fact *fact);

#endif
