/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: each call with its time, task and arguments, as `sp-record --every`
 * writes them. A record holds many events. sp-events(5) is the specification.
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
	HAPPENED_EXEC,		/* the task executed `image` */
	HAPPENED_EXIT,		/* args: the exit code as wait(2) gives it */
	/*
	 * A call ended. args: its result, its duration in ns, and three numbers
	 * of event files, plus 1; 0: none. Two are of descriptors among its
	 * arguments, one of its result.
	 */
	HAPPENED_RESULT,
	HAPPENED_KINDS,
};

struct happening {
	uint64_t ns;		/* since the run's start */
	uint32_t what;		/* enum event_what */
	uint32_t flags;		/* SIGHTING_* of trace.h */
	uint32_t pid, tid;	/* in the initial PID namespace; 0: unknown */
	uint32_t image;		/* number of an event image in the segment */
	struct call_id id;	/* { 0, 0 } if the event is not a call */
	uint64_t args[6];
};

/*
 * Writing: events are gathered, and a record is written when there are enough.
 */
struct events_writer;
/*
 * `kind` is STREAM_EVENTS, or STREAM_TRACED if there are results among the
 * events.
 */
struct events_writer *events_writer_new(struct stream_writer *w,
					enum stream_kind kind);
/* Drops events that have not been flushed. */
void events_writer_free(struct events_writer *e);
/*
 * Adds an image. Images are numbered from 0 in this order. `path` NULL:
 * unknown.
 */
void events_image(struct events_writer *e, const char *path);
/* Adds a file. Files are numbered in the same way. `path` NULL: unknown. */
void events_file(struct events_writer *e, const char *path);
/*
 * Sets the run to which the image's events belong. The default is the first
 * run.
 */
void events_run(struct events_writer *e, uint32_t image, uint32_t run);
void events_add(struct events_writer *e, const struct happening *h);
void events_flush(struct events_writer *e);

enum { EVENTS_CONTEXTS_MAX = 128 };	/* of one record */

/* Reading one record. The reader is valid as long as the record is. */
struct events_reader {
	const uint8_t *at, *end;
	uint32_t left;		/* integers that have not been read */
	uint32_t n_contexts;
	uint64_t ns;
	uint64_t kind;
	struct happening contexts[EVENTS_CONTEXTS_MAX];
};
/* Returns false if the record does not hold events of this version. */
bool events_open(struct events_reader *r, const struct stream_record *record);
enum events_next { EVENTS_END, EVENTS_ONE, EVENTS_BAD };
enum events_next events_next(struct events_reader *r, struct happening *h);

#endif
