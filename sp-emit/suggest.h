/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of calls that the run record of a container suggests. */
#ifndef SUGGEST_H
#define SUGGEST_H

#include "format.h"

/*
 * Notes --with=tini, catatonit or sh, if the engine uses these programs in a
 * container, no run of the trace executed them, and the group was not chosen.
 */
void suggest_groups(const struct trace *t, const struct format *format,
		    const bool *chosen);

#endif
