/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With --stacks: unwinds the copies of stacks that the kernel side made, in a
 * child process. It keeps the functions that led to each call.
 */
#ifndef STACKS_H
#define STACKS_H

#include <linux/types.h>
#include <stdint.h>

#include "event.h"
#include "stream/trace.h"

struct record;
struct stacks;

/* Creates the ring for stacks if it is `wanted`. Call it before loading. */
void stacks_prepare(struct record *skel, bool wanted);
/* Returns NULL with errno on failure. `skew_ns` is as in naming_open(). */
struct stacks *stacks_open(struct record *skel, uint64_t skew_ns);
void stacks_free(struct stacks *s);
/* Returns a descriptor that can be read when stacks_take() is due. */
int stacks_fd(const struct stacks *s);
/* Takes the samples that have come, without waiting. */
void stacks_take(struct stacks *s);
/*
 * Waits for all stacks, and calls `found` for each with the detail of its fact.
 * Returns how many were lost.
 */
uint64_t stacks_finish(struct stacks *s,
		       void (*found)(void *arg,
				     const struct argument_key *where,
				     uint64_t time_ns, uint8_t *detail,
				     size_t size), void *arg);
/* Returns mappings_lost(). Call it after stacks_finish(). */
uint64_t stacks_lost_mappings(const struct stacks *s);
/* Whether the child process failed so often that stacks were given up. */
bool stacks_gave_up(const struct stacks *s);

#endif
