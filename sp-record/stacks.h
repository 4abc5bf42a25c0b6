/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With --stacks: unwinds the copies of stacks that the kernel side made, in a
 * child process. Keeps the functions that led to each call.
 */
#ifndef STACKS_H
#define STACKS_H

#include <linux/types.h>
#include <stdint.h>

#include "event.h"
#include "stream/trace.h"

struct record;
struct stacks;

/* Sets whether there is a ring for stacks. Call it before loading. */
void stacks_prepare(struct record *skel, bool wanted);
/* `skew_ns` is as in naming_open(). Returns NULL and errno on failure. */
struct stacks *stacks_open(struct record *skel, uint64_t skew_ns);
void stacks_free(struct stacks *s);
/* A descriptor that can be read when stacks_take() has something to do. */
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
/* The value of mappings_lost(), after stacks_finish(). */
uint64_t stacks_lost_mappings(const struct stacks *s);
/* Whether the child process failed so often that stacks were given up. */
bool stacks_gave_up(const struct stacks *s);

#endif
