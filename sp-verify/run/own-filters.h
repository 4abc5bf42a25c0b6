/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records the calls that the workload's own filters answer before ours sees
 * them. For this, sp-record attaches to the processes that load such filters.
 */
#ifndef OWN_FILTERS_H
#define OWN_FILTERS_H

#include <stdbool.h>
#include <sys/types.h>

#include "stream/trace.h"

struct own_filters;

struct own_filters *own_filters_new(void);
/* Drops a recording that is not finished. */
void own_filters_free(struct own_filters *hidden);

/*
 * Called while the process `loader` waits before it loads a filter. The first
 * time, this starts sp-record (found beside this program or in PATH) for it and
 * for the process `leader` (0: none). It returns true when sp-record has
 * attached. Later loaders are in the same recording if they descend from these
 * two.
 */
bool own_filters_follow(struct own_filters *hidden, pid_t leader, pid_t loader);
/* Notes that a filter is loaded which no recording sees. */
void own_filters_miss(struct own_filters *hidden);
/*
 * Ends the recording and reads it. Returns false if there is no recording, or
 * it is not reliable.
 */
bool own_filters_finish(struct own_filters *hidden, struct trace *t);
/* Whether the answers of all own filters were recorded. */
bool own_filters_is_whole(const struct own_filters *hidden);

#endif
