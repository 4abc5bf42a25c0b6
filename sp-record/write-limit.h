/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits how long writes to a terminal can block. The user can stop the output
 * of a terminal with ^S, and so can each program that has it open, with
 * tcflow(3). A library that writes to it would wait for as long.
 */
#ifndef WRITE_LIMIT_H
#define WRITE_LIMIT_H

#include <stdbool.h>

struct write_limit;

/* Whether a write to the descriptor would not block now. */
bool write_is_possible(int fd);

/*
 * For a descriptor to which this thread writes, and which keeps its number.
 * NULL: it failed, and errno is set.
 */
struct write_limit *write_limit_new(int fd);
/* The functions below accept NULL, which means no limit. */
void write_limit_free(struct write_limit *l);
/* From now on, writes block for 200 ms in all. Then the text is discarded. */
void write_limit_begin(struct write_limit *l);
/* Returns false if text was discarded. */
bool write_limit_end(struct write_limit *l);

#endif
