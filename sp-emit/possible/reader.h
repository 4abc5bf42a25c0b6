/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process that reads the executables and libraries of a recording. The
 * tool starts it before it enters its sandbox, because the process must open
 * files. The process can only open files for reading, and has limits and a
 * deadline. Requests and answers are in shared memory.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graph.h"

enum {
	READER_SECONDS = 60,	/* the time limit for the answer */
	READER_REQUEST_MAX = 1 << 20,
	READER_TEXT_MAX = 64 << 10,
};

struct reader_answer {
	struct graph_result result;
	uint32_t n_objects;	/* the number of files that were read */
	uint32_t n_missing;	/* the number of files that could not be read */
	/* errno if there were too few descriptors or too little memory */
	int32_t error;
	/* whether libcapstone is missing */
	uint32_t no_disassembler;
	/* the first files that could not be read, a line each */
	char missing[READER_TEXT_MAX];
};

struct reader;

/*
 * `root` is the directory of the files; NULL: "/". Returns NULL with errno if
 * the process cannot be started.
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
 * Sends the request, which works only once. Returns a copy of the answer, which
 * the caller frees, or NULL if there was no answer.
 */
struct reader_answer *reader_ask(struct reader *r);

#endif
