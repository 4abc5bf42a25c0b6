/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records what the workload's own filters answer before ours sees it: sp-
 * record, attached to the processes that load such filters.
 */
#ifndef OWN_FILTERS_H
#define OWN_FILTERS_H

#include <stdbool.h>
#include <sys/types.h>

#include "stream/trace.h"

struct own_filters;

struct own_filters *own_filters_new(void);
/* Gives up a recording that is not complete. */
void own_filters_free(struct own_filters *hidden);

/*
 * The process `loader` is about to load a filter, and waits. The first time,
 * start sp-record, found beside this program or in PATH, for it and for the
 * process `leader` (0: none), and wait until it has attached: true. Later
 * loaders are in that recording if they descend from these two.
 */
bool own_filters_follow(struct own_filters *hidden, pid_t leader, pid_t loader);
/* A filter is loaded that no recording sees. */
void own_filters_miss(struct own_filters *hidden);
/*
 * End the recording and read it; false: there is no recording, or it cannot be
 * relied on.
 */
bool own_filters_finish(struct own_filters *hidden, struct trace *t);
/* Whether the answers of every filter were recorded. */
bool own_filters_is_whole(const struct own_filters *hidden);

#endif
