/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records the calls that the workload's own filters answer before ours sees
 * them, with an sp-record that is attached to the processes which load such
 * filters.
 */
#ifndef OWN_FILTERS_H
#define OWN_FILTERS_H

#include <stdbool.h>
#include <sys/types.h>

#include "stream/trace.h"

struct own_filters;

struct own_filters *own_filters_new(void);
/* Drops a recording that is not complete. */
void own_filters_free(struct own_filters *hidden);

/*
 * The process `loader` waits, and is about to load a filter. The first time,
 * this starts sp-record (found beside this program or in PATH) for it and for
 * the process `leader` (0: none), waits until sp-record has attached, and then
 * returns true. Later loaders are in the same recording if they descend from
 * these two.
 */
bool own_filters_follow(struct own_filters *hidden, pid_t leader, pid_t loader);
/* Notes that a filter is loaded which no recording sees. */
void own_filters_miss(struct own_filters *hidden);
/*
 * Ends the recording and reads it. Returns false if there is no recording, or
 * it is not reliable.
 */
bool own_filters_finish(struct own_filters *hidden, struct trace *t);
/* Whether the answers of all these filters were recorded. */
bool own_filters_is_whole(const struct own_filters *hidden);

#endif
