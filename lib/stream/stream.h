/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stream: segments of MessagePack records. These functions read and write
 * one record at a time; trace.h interprets the records. sp-stream(5) is the
 * specification.
 */
#ifndef STREAM_H
#define STREAM_H

#include <msgpack.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { STREAM_VERSION = 1 };

/*
 * The first byte of a stream, an array of three elements. No JSON text begins
 * with it.
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
	STREAM_THREAD = 22,
};

/* Limits for each record that a writer writes: LIMITS in sp-stream(5). */
enum {
	STREAM_RECORD_MAX = 16 << 20,	/* bytes of one record */
	STREAM_OBJECTS_MAX = 1 << 20,	/* MessagePack objects in one record */
	STREAM_DEPTH_MAX = 8,		/* nesting of arrays and maps */
	STREAM_SIGHTINGS_MAX = 65536,	/* runs in one record of a fact or image */
};

enum stream_event {
	STREAM_END,		/* the input ended between segments */
	STREAM_SEGMENT,		/* a header: a new segment begins */
	STREAM_RECORD,		/* a record: kind and fields are set */
	STREAM_COMPLETE,	/* a trailer, which matches its segment */
	STREAM_TRUNCATED,	/* the input ended inside a segment */
	/* the input is corrupt, or not a stream: stream_problem() */
	STREAM_BAD,
};

struct stream_record {
	uint64_t kind;
	/* The rest is valid until the next stream_next(). */
	uint32_t n_fields;
	const msgpack_object *fields;	/* NULL for events: see events.h */
	const uint8_t *data;		/* the record's bytes in the input */
	size_t size;
};

struct stream_reader;

/*
 * The reader takes ownership of `file`, and reads nothing yet. Events can only
 * be read as they are written if the file has no buffer: setvbuf(3).
 */
struct stream_reader *stream_reader_new(FILE *file);
void stream_reader_free(struct stream_reader *r);
/*
 * Reads the next record. Nothing more can be read after STREAM_TRUNCATED or
 * STREAM_BAD. The caller refuses an unacceptable record with stream_refuse().
 */
enum stream_event stream_next(struct stream_reader *r,
			      struct stream_record *record);
enum stream_event stream_refuse(struct stream_reader *r, const char *why);
/* Adds to the number of calls in the segment, which must match its trailer. */
void stream_reader_count(struct stream_reader *r, uint64_t calls);
/*
 * Returns the position and the error, for a message: "segment 1: record 17:
 * truncated".
 */
const char *stream_problem(const struct stream_reader *r);

struct stream_writer;

/* Writes the header of a segment. ferror(file) shows errors. */
struct stream_writer *stream_writer_new(FILE *file);
/*
 * Begins a record with `n_fields` fields after the kind. The caller packs them
 * and calls stream_end().
 */
msgpack_packer *stream_begin(struct stream_writer *w, enum stream_kind kind,
			     uint32_t n_fields);
void stream_end(struct stream_writer *w);
/* Writes a complete record that is already encoded, given in two pieces. */
void stream_put(struct stream_writer *w, const void *head, size_t head_size,
		const void *body, size_t body_size);
/*
 * Adds to the number of calls that the trailer will hold, which stays at its
 * maximum.
 */
void stream_writer_count(struct stream_writer *w, uint64_t calls);
/* Writes the trailer and frees the writer. */
void stream_writer_finish(struct stream_writer *w);

#endif
