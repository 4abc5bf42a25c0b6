/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads the recordings of the command line, and reduces them to the selected
 * runs and images.
 */
#ifndef RECORDINGS_H
#define RECORDINGS_H

#include "options.h"

/*
 * Reads stdin if no recording is named. Returns NULL if it printed and latched
 * an error.
 */
struct trace *recordings_load(const struct options *o);

#endif
