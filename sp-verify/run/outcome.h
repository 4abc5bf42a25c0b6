/* SPDX-License-Identifier: Apache-2.0 */
/* Reports how a command ended under an enforced profile. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "run/live.h"
#include "stream/run.h"

/* Prints how the command ended. */
void outcome_print(const struct live_result *result);
/*
 * Prints how the command and the recorded run ended, and reports a difference.
 */
void outcome_compare(const struct run *recorded,
		     const struct live_result *result, struct report *report);

#endif
