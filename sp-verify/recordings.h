/* SPDX-License-Identifier: Apache-2.0 */
/* The recordings of the command line, reduced to what is selected. */
#ifndef RECORDINGS_H
#define RECORDINGS_H

#include "options.h"

/*
 * Reads stdin if no recording is named. Returns NULL if it printed and latched
 * an error.
 */
struct trace *recordings_load(const struct options *o);

#endif
