/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stream: segments of MessagePack records, read and written one record at a
 * time. trace.h knows what the records mean. sp-stream(5) is the specification.
 */
#ifndef STREAM_H
#define STREAM_H

#include <msgpack.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { STREAM_VERSION = 1 };

/*
 * The first byte of a stream, an array of three elements; no JSON text begins
 * so.
 */
enum { STREAM_FIRST_BYTE = 0x93 };

enum stream_kind {
	STREAM_HEADER = 0,
	STREAM_TRAILER = 1,
	STREAM_RUN = 2,
	STREAM_IMAGE = 3,
	STREAM_CALL = 4,
	STREAM_DENIAL = 5,
	STREAM_OPERATION = 6,
	STREAM_EVENTS = 7,
	STREAM_EVENT_IMAGE = 8,
	STREAM_ARGUMENT = 9,
	STREAM_PATH = 10,
	STREAM_SOCKET = 11,
	STREAM_MOVE = 12,
	STREAM_START = 13,
	STREAM_PART = 14,
	STREAM_PRIVILEGE = 15,
	STREAM_EVENT_RUN = 16,
	STREAM_KEEP = 17,
	STREAM_NAME = 18,
	STREAM_STACK = 19,
	STREAM_TRACED = 20,		/* events and results */
	STREAM_EVENT_FILE = 21,
};

/* No writer makes a record beyond these: sp-stream(5), LIMITS. */
enum {
	STREAM_RECORD_MAX = 16 << 20,	/* bytes of one record */
	STREAM_OBJECTS_MAX = 1 << 20,	/* MessagePack objects in one record */
	STREAM_DEPTH_MAX = 8,		/* arrays or maps within each other */
	STREAM_SIGHTINGS_MAX = 65536,	/* runs in one record of a fact or image */
};

enum stream_event {
	STREAM_END,		/* the input ended after a complete segment */
	STREAM_SEGMENT,		/* a header: a new segment begins */
	STREAM_RECORD,		/* a record: kind and fields are set */
	STREAM_COMPLETE,	/* a trailer that agrees with the segment */
	STREAM_TRUNCATED,	/* the input ended inside a segment */
	STREAM_BAD,		/* corrupt, or no stream: stream_problem() */
};

struct stream_record {
	uint64_t kind;
	/* Valid until the next stream_next(): */
	uint32_t n_fields;
	const msgpack_object *fields;	/* NULL: events, see events.h */
	const uint8_t *data;		/* the record as it stands in the input */
	size_t size;
};

struct stream_reader;

/*
 * The reader takes over `file`; nothing is read yet. If the file has no buffer
 * of its own, setvbuf(3), events are read as they are written.
 */
struct stream_reader *stream_reader_new(FILE *file);
void stream_reader_free(struct stream_reader *r);
/*
 * After STREAM_TRUNCATED or STREAM_BAD nothing more can be read. The caller
 * refuses a record that it cannot accept with stream_refuse().
 */
enum stream_event stream_next(struct stream_reader *r,
			      struct stream_record *record);
enum stream_event stream_refuse(struct stream_reader *r, const char *why);
/*
 * The calls that the caller has counted so far, for comparison with the
 * trailer.
 */
void stream_reader_count(struct stream_reader *r, uint64_t calls);
/* Where and what, for a message: "segment 1: record 17: truncated". */
const char *stream_problem(const struct stream_reader *r);

struct stream_writer;

/* Writes the header of a segment. Errors show in ferror(file). */
struct stream_writer *stream_writer_new(FILE *file);
/* Begin a record with `n_fields` fields after the kind; pack them, then end. */
msgpack_packer *stream_begin(struct stream_writer *w, enum stream_kind kind,
			     uint32_t n_fields);
void stream_end(struct stream_writer *w);
/* A complete record that is already encoded, in two pieces. */
void stream_put(struct stream_writer *w, const void *head, size_t head_size,
		const void *body, size_t body_size);
/* Counts towards the total of calls that the trailer holds (saturating). */
void stream_writer_count(struct stream_writer *w, uint64_t calls);
/* Writes the trailer and frees the writer. */
void stream_writer_finish(struct stream_writer *w);

#endif
