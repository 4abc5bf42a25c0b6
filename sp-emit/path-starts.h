/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the programs of a trace that other programs of the trace started. The
 * policy for a running program need not permit the acts of other programs.
 */
#ifndef PATH_STARTS_H
#define PATH_STARTS_H

#include "stream/trace.h"

struct starts;

/* Returns NULL for an old trace, which has no records of starts. */
struct starts *starts_of(const struct trace *t);
void starts_free(struct starts *s);
/*
 * Whether the fact is an execution by a process that the policy is not for: the
 * recorder, or a program that was left out. The fact can also be of the dynamic
 * loader or the script of the executed program.
 */
bool starts_from_outside(const struct starts *s, const struct fact *fact);

#endif
