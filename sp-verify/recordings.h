/* SPDX-License-Identifier: Apache-2.0 */
/* The recordings of the command line, reduced to what is selected. */
#ifndef RECORDINGS_H
#define RECORDINGS_H

#include "options.h"

/* From stdin where none was named. NULL: printed and latched. */
struct trace *recordings_load(const struct options *o);

#endif
