/* SPDX-License-Identifier: Apache-2.0 */
/* Loads the kernel side: its sizes, its settings and the programs it needs. */
#ifndef LOAD_H
#define LOAD_H

#include "tracer-options.h"

struct tracer;

/*
 * Load what the options and `t->classic` and `t->unconfirmed` ask for: 0 or
 * -errno. In either case `t->skel`, `t->confirming` and the counts are set;
 * nothing is attached, except for what confirms names.
 */
int load(struct tracer *t, const struct tracer_options *options);

#endif
