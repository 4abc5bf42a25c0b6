/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With --results and --paths: the files of descriptors, identified by the
 * kernel's numbers.
 */
#ifndef LOG_FILES_H
#define LOG_FILES_H

#include <stdint.h>

#include "stream/events.h"

struct tracer;
struct log_files;

struct log_files *log_files_open(struct tracer *t);
void log_files_free(struct log_files *f);	/* NULL: nothing */
/*
 * Takes paths that have come. Find out how far the logs go before you call it.
 */
void log_files_take(struct log_files *f);
/*
 * Returns a file's number in the stream + 1. Writes the file to the stream if
 * needed. Returns 0 if the file has no number, or its path was lost.
 */
uint64_t log_files_number(struct log_files *f, struct events_writer *e,
			  uint64_t number);

#endif
