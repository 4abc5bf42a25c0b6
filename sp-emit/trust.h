/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names in a trace that nothing but the program confirms, so that a policy must
 * not depend on them.
 */
#ifndef TRUST_H
#define TRUST_H

#include "stream/trace.h"

/* Marks all doubted names (path.h) as trusted, so that policies use them. */
void trust_names(struct trace *t);

/*
 * Prints a line about names of successful calls that the kernel did not
 * confirm: how many there are, and whether they are used or left out. It counts
 * names whose access has a bit of `access` (NAME_*). Call it before
 * trust_names(); `trusted` tells whether that will be called.
 */
void note_doubted(const struct trace *t, uint32_t access, bool trusted);

#endif
