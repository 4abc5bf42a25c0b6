/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which programs of a trace were started by another of its programs. The policy
 * of a running program need not permit what others started.
 */
#ifndef PATH_STARTS_H
#define PATH_STARTS_H

#include "stream/trace.h"

struct starts;

/* Returns NULL if the trace is older than records of starts. */
struct starts *starts_of(const struct trace *t);
void starts_free(struct starts *s);
/*
 * Whether a path's fact is an execution by a process that the policy is not
 * for: the recorder, or a program that is left out. A program's dynamic loader
 * and script are executed with it.
 */
bool starts_from_outside(const struct starts *s, const struct fact *fact);

#endif
