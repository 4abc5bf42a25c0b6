/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits how long writes to a terminal can block. The user can stop the output
 * of a terminal with ^S. A program that has it open can do so with tcflow(3). A
 * library that writes to it would wait until the output continues.
 */
#ifndef WRITE_LIMIT_H
#define WRITE_LIMIT_H

#include <stdbool.h>

struct write_limit;

/* Whether a write to the descriptor would succeed without blocking. */
bool write_is_possible(int fd);

/*
 * Limits the writes of this thread to a descriptor, which keeps its number.
 * Returns NULL with errno on failure.
 */
struct write_limit *write_limit_new(int fd);
/* The functions below accept NULL: no limit. */
void write_limit_free(struct write_limit *l);
/*
 * From now on, writes can block for 200 ms in total. Further text is discarded.
 */
void write_limit_begin(struct write_limit *l);
/* Returns false if text was discarded. */
bool write_limit_end(struct write_limit *l);

#endif
