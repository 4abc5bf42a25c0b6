/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which programs of a trace were started by other programs of it. The policy
 * for a running program need not permit what others started.
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
 * not: the recorder, or a program that was left out. The kernel also executes a
 * program's dynamic loader and script then.
 */
bool starts_from_outside(const struct starts *s, const struct fact *fact);

#endif
