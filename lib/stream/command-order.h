/* SPDX-License-Identifier: Apache-2.0 */
/* Which runs repeat each other, because they have the same command line. */
#ifndef COMMAND_ORDER_H
#define COMMAND_ORDER_H

#include "stream/run.h"

/*
 * Compares the command lines, and the marks of parts. A run without a command
 * line is compared by its name. 0: one run repeats the other.
 */
int run_compare_commands(const struct run *a, const struct run *b);

#endif
