/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits how long writes to a terminal can block. The user can stop the output
 * of a terminal with ^S, and so can each program that has it open, with
 * tcflow(3). A library that writes to it would then wait until the output
 * continues.
 */
#ifndef WRITE_LIMIT_H
#define WRITE_LIMIT_H

#include <stdbool.h>

struct write_limit;

/* Whether a write to the descriptor would not block now. */
bool write_is_possible(int fd);

/*
 * Limits writes to a descriptor, which keeps its number, by this thread.
 * Returns NULL with errno on failure.
 */
struct write_limit *write_limit_new(int fd);
/* The functions below accept NULL, which means no limit. */
void write_limit_free(struct write_limit *l);
/*
 * From now on, writes can block for 200 ms in total. After that, text is
 * discarded.
 */
void write_limit_begin(struct write_limit *l);
/* Returns false if text was discarded. */
bool write_limit_end(struct write_limit *l);

#endif
