/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: each call with its time, task and arguments, as `sp-record --every`
 * writes them, many in one record. sp-events(5) is the specification.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/syscall.h"
#include "stream/stream.h"

enum event_what {
	HAPPENED_CALL,
	HAPPENED_FORK,		/* args: the child's tid and pid */
	HAPPENED_EXEC,		/* `image` was executed */
	HAPPENED_EXIT,		/* args: the exit code as wait(2) gives it */
	/*
	 * A call ended. args: what it returned, its duration in ns, and numbers
	 * + 1 of event files, or 0: of two descriptors among its arguments, and
	 * of its result
	 */
	HAPPENED_RESULT,
	HAPPENED_KINDS,
};

struct happening {
	uint64_t ns;		/* since the run's start */
	uint32_t what;		/* enum event_what */
	uint32_t flags;		/* SIGHTING_* of trace.h */
	uint32_t pid, tid;	/* in the initial namespace; 0: not known */
	uint32_t image;		/* number of an event image of the segment */
	struct call_id id;	/* { 0, 0 } where it is no call */
	uint64_t args[6];
};

/* Writing: events are gathered, and written when there are enough of them. */
struct events_writer;
/* `kind`: STREAM_EVENTS, or STREAM_TRACED if there are results among them. */
struct events_writer *events_writer_new(struct stream_writer *w,
					enum stream_kind kind);
/* Events that have not been flushed are lost. */
void events_writer_free(struct events_writer *e);
/* Images are numbered from 0 in this order. `path` NULL: not known. */
void events_image(struct events_writer *e, const char *path);
/* Files are numbered in the same way. `path` NULL: not known. */
void events_file(struct events_writer *e, const char *path);
/* The run that the events of the last image belong to; without it, the first. */
void events_run(struct events_writer *e, uint32_t image, uint32_t run);
void events_add(struct events_writer *e, const struct happening *h);
void events_flush(struct events_writer *e);

enum { EVENTS_CONTEXTS_MAX = 128 };	/* of one record */

/* Reading one record; valid as long as the record is. */
struct events_reader {
	const uint8_t *at, *end;
	uint32_t left;		/* integers to come */
	uint32_t n_contexts;
	uint64_t ns;
	uint64_t kind;
	struct happening contexts[EVENTS_CONTEXTS_MAX];
};
/* False: the record has no events of this version. */
bool events_open(struct events_reader *r, const struct stream_record *record);
enum events_next { EVENTS_END, EVENTS_ONE, EVENTS_BAD };
enum events_next events_next(struct events_reader *r, struct happening *h);

#endif
