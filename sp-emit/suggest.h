/* SPDX-License-Identifier: Apache-2.0 */
/* Suggests groups of calls, from the data in the run record of a container. */
#ifndef SUGGEST_H
#define SUGGEST_H

#include "format.h"

/*
 * Prints a note that suggests --with=tini, catatonit or sh, if the engine uses
 * such a program in the container, no run of the trace executed it, and the
 * group was not chosen.
 */
void suggest_groups(const struct trace *t, const struct format *format,
		    const bool *chosen);

#endif
