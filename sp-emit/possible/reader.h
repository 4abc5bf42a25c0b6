/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process that reads the executables and libraries of a recording. It
 * must open files, so it is started before the tool enters its sandbox. It can
 * only open files to read them, and has limits and a deadline. Requests and
 * answers are in shared memory.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graph.h"

enum {
	READER_SECONDS = 60,	/* seconds within which the answer must come */
	READER_REQUEST_MAX = 1 << 20,
	READER_TEXT_MAX = 64 << 10,
};

struct reader_answer {
	struct graph_result result;
	uint32_t n_objects;	/* the number of files that were read */
	uint32_t n_missing;	/* that were not */
	/* errno if there were too few descriptors or too little memory */
	int32_t error;
	/* whether libcapstone is not installed */
	uint32_t no_disassembler;
	/* the first files that were not read, a line each */
	char missing[READER_TEXT_MAX];
};

struct reader;

/*
 * `root` NULL is "/". Returns NULL and errno if the process cannot be started.
 */
struct reader *reader_start(const char *root);
/* Ends the process. Accepts NULL. */
void reader_free(struct reader *r);
/*
 * Adds a file to be read. `own`: it is an executable of the recording.
 * `build_id_size` 0: accept any build-id. Returns false if there is no room.
 */
bool reader_add(struct reader *r, const char *path, const uint8_t *build_id,
		size_t build_id_size, bool own);
/*
 * Asks, which works only once. Returns a copy of the answer, which the caller
 * frees, or NULL if there was no answer.
 */
struct reader_answer *reader_ask(struct reader *r);

#endif
