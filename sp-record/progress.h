/* SPDX-License-Identifier: Apache-2.0 */
/* The status line of --progress. All functions accept NULL: no line. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdint.h>

#include "tracer.h"

struct progress_line;

/* Times are CLOCK_MONOTONIC, in ns. */
struct progress_line *progress_new(uint64_t now_ns);
/* Draws the line if that is due. */
void progress_show(struct progress_line *line, const struct tracer *tracer,
		   uint64_t now_ns);
/* Returns the time at which the line is due next. 0: never. */
uint64_t progress_due(const struct progress_line *line);
/* Erases the line, and frees `line`. */
void progress_free(struct progress_line *line);

#endif
