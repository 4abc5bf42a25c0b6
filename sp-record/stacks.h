/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With --stacks: unwinds the copies of stacks that the kernel side made, in a
 * child process, and keeps where each call was made.
 */
#ifndef STACKS_H
#define STACKS_H

#include <linux/types.h>
#include <stdint.h>

#include "event.h"
#include "stream/trace.h"

struct record;
struct stacks;

/* Before loading: whether there is a ring for stacks. */
void stacks_prepare(struct record *skel, bool wanted);
/* `skew_ns` is as in naming_open(). NULL: errno. */
struct stacks *stacks_open(struct record *skel, uint64_t skew_ns);
void stacks_free(struct stacks *s);
/* Readable when stacks_take() has something to do. */
int stacks_fd(const struct stacks *s);
/* Take what has come, without waiting. */
void stacks_take(struct stacks *s);
/*
 * Wait for all and call `found` for each stack, whose detail is that of a fact.
 * Returns how many were lost.
 */
uint64_t stacks_finish(struct stacks *s,
		       void (*found)(void *arg,
				     const struct argument_key *where,
				     uint64_t time_ns, uint8_t *detail,
				     size_t size), void *arg);
/* After stacks_finish(): as mappings_lost(). */
uint64_t stacks_lost_mappings(const struct stacks *s);

#endif
