/* SPDX-License-Identifier: Apache-2.0 */
/* Names in a trace that a policy must not believe on the program's word. */
#ifndef TRUST_H
#define TRUST_H

#include "stream/trace.h"

/*
 * Mark every doubted name (path.h) of the trace as one that policies may use.
 */
void trust_names(struct trace *t);

/*
 * Print in one line how many names of successful calls, whose access has a bit
 * of `access` (NAME_*), the kernel did not confirm: how many are used, and how
 * many left out. To be called before trust_names(), with `trusted` if that is
 * to follow.
 */
void note_doubted(const struct trace *t, uint32_t access, bool trusted);

#endif
