/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recording of what filters of the workload's own answer, before ours can
 * see it: sp-record, attached to the processes that load them.
 */
#ifndef HIDDEN_H
#define HIDDEN_H

#include <stdbool.h>
#include <sys/types.h>

#include "stream/trace.h"

struct hidden;

struct hidden *hidden_new(void);
/* A recording that goes on is given up. */
void hidden_free(struct hidden *hidden);

/*
 * The process `loader` is about to load a filter, and waits. The first time,
 * start sp-record, from beside this program or from PATH, for it and for the
 * process `leader` (0: none), and wait until it has attached: true. Later
 * ones are in that recording when they descend from these two.
 */
bool hidden_follow(struct hidden *hidden, pid_t leader, pid_t loader);
/* A filter is loaded, and is not followed. */
void hidden_miss(struct hidden *hidden);
/* End the recording and read it; false: there is none to be relied on. */
bool hidden_finish(struct hidden *hidden, struct trace *t);
/* Whether what every filter answered was recorded. */
bool hidden_is_whole(const struct hidden *hidden);

#endif
