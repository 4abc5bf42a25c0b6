/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process that reads the executables and libraries of a recording.
 * It is started before the tool confines itself, since it opens files; it can do
 * nothing but open files to read them, and has limits and a deadline. What it is
 * asked and answers is in memory that both share.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graph.h"

enum {
	READER_SECONDS = 60,	/* until the answer has to be there */
	READER_REQUEST_MAX = 1 << 20,
	READER_TEXT_MAX = 64 << 10,
};

struct reader_answer {
	struct graph_result result;
	uint32_t n_objects;	/* that were read */
	uint32_t n_missing;	/* that were not */
	uint32_t no_disassembler;	/* libcapstone is not installed */
	char missing[READER_TEXT_MAX];	/* the first of them, a line each */
};

struct reader;

/* NULL: it cannot be started, and errno says why. `root` NULL is "/". */
struct reader *reader_start(const char *root);
/* Ends the process. NULL is fine. */
void reader_free(struct reader *r);
/*
 * Name a file to be read. An executable is `own`; `build_id_size` 0 takes the
 * file whatever its build-id is. False: there is no room for more.
 */
bool reader_add(struct reader *r, const char *path, const uint8_t *build_id,
		size_t build_id_size, bool own);
/* Once. NULL: it did not answer; else a copy, which the caller frees. */
struct reader_answer *reader_ask(struct reader *r);

/*
 * What the process does: read these files and what they need. For tests, too.
 * `request` as reader_add() makes it; it ends with a zero byte.
 */
void reader_work(const char *root, const uint8_t *request,
		 struct reader_answer *answer);

#endif
