/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names in a trace that a policy must not use for the only reason that the
 * program gave them.
 */
#ifndef TRUST_H
#define TRUST_H

#include "stream/trace.h"

/* Marks all doubted names (path.h) as trusted, so that policies use them. */
void trust_names(struct trace *t);

/*
 * Prints in one line how many names of successful calls were not confirmed by
 * the kernel, and whether they are used or left out. It counts names whose
 * access has a bit of `access` (NAME_*). Call it before trust_names(), with
 * `trusted` if that will be called.
 */
void note_doubted(const struct trace *t, uint32_t access, bool trusted);

#endif
