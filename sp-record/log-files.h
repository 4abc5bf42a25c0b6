/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With --results and --paths: the files behind descriptors. The kernel side
 * numbers them.
 */
#ifndef LOG_FILES_H
#define LOG_FILES_H

#include <stdint.h>

#include "stream/events.h"

struct tracer;
struct log_files;

struct log_files *log_files_open(struct tracer *t);
void log_files_free(struct log_files *f);	/* NULL is allowed */
/*
 * Takes the paths that have come. Read the ends of the logs before you call it,
 * so that no path is missing.
 */
void log_files_take(struct log_files *f);
/*
 * Returns a file's number in the stream plus 1. Writes the file to the stream
 * if needed. Returns 0 if the file has no number, or its path was lost.
 */
uint64_t log_files_number(struct log_files *f, struct events_writer *e,
			  uint64_t number);

#endif
