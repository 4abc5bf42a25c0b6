/* SPDX-License-Identifier: Apache-2.0 */
/* Reports how a command ended under an enforced profile. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "run/live.h"
#include "stream/run.h"

/* Say it. */
void outcome_say(const struct live_result *result);
/*
 * Prints how it ended and how the recorded run ended, and reports a difference.
 */
void outcome_compare(const struct run *recorded,
		     const struct live_result *result, struct report *report);

#endif
