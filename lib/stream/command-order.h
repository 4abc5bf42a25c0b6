/* SPDX-License-Identifier: Apache-2.0 */
/* Which runs repeat each other: those of one command line. */
#ifndef COMMAND_ORDER_H
#define COMMAND_ORDER_H

#include "stream/run.h"

/*
 * By command line and the mark of a part; a run without a command line has its
 * name instead. 0: one repeats the other.
 */
int run_compare_commands(const struct run *a, const struct run *b);

#endif
