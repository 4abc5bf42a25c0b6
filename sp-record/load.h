/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads the kernel side, with its sizes, its settings, and the programs that
 * are needed.
 */
#ifndef LOAD_H
#define LOAD_H

#include "tracer-options.h"

struct tracer;

/*
 * Loads what the options, `t->classic` and `t->unconfirmed` require. Returns 0
 * or -errno. `t->skel`, `t->confirming` and the counts are set in either case.
 * Only programs that confirm names are attached. The program for sys_exit may
 * be in `t->late`.
 */
int load(struct tracer *t, const struct tracer_options *options);

#endif
