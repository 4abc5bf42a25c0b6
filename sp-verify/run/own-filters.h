/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recording of what filters of the workload's own answer, before ours can
 * see it: sp-record, attached to the processes that load them.
 */
#ifndef OWN_FILTERS_H
#define OWN_FILTERS_H

#include <stdbool.h>
#include <sys/types.h>

#include "stream/trace.h"

struct own_filters;

struct own_filters *own_filters_new(void);
/* A recording that goes on is given up. */
void own_filters_free(struct own_filters *hidden);

/*
 * The process `loader` is about to load a filter, and waits. The first time,
 * start sp-record, from beside this program or from PATH, for it and for the
 * process `leader` (0: none), and wait until it has attached: true. Later
 * ones are in that recording when they descend from these two.
 */
bool own_filters_follow(struct own_filters *hidden, pid_t leader, pid_t loader);
/* A filter is loaded, and is not followed. */
void own_filters_miss(struct own_filters *hidden);
/* End the recording and read it; false: there is none to be relied on. */
bool own_filters_finish(struct own_filters *hidden, struct trace *t);
/* Whether what every filter answered was recorded. */
bool own_filters_is_whole(const struct own_filters *hidden);

#endif
