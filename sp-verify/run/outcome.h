/* SPDX-License-Identifier: Apache-2.0 */
/* How a command ended under a profile that was enforced. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "run/live.h"
#include "stream/run.h"

/* Say it. */
void outcome_say(const struct live_result *result);
/* Say it beside how the run ended when recorded, and report another end. */
void outcome_compare(const struct run *recorded,
		     const struct live_result *result, struct report *report);

#endif
