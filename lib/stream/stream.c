/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/stream.h"

#include <errno.h>
#include <poll.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/count.h"
#include "base/memory.h"
#include "stream/kind.h"

#define MAGIC "sandprint"

/*
 * Totals of a segment, which reader and writer compute to compare with the
 * trailer.
 */
struct totals {
	uint64_t records;
	uint64_t calls;		/* saturating */
	uint32_t crc;		/* CRC-32 as in zlib */
};

static void totals_record(struct totals *t, const void *data, size_t size)
{
	t->records++;
	t->crc = crc32_z(t->crc, data, size);
}

static void totals_calls(struct totals *t, uint64_t calls)
{
	t->calls = count_add(t->calls, calls);
}

static void pack_head(msgpack_packer *pk, uint64_t kind, uint32_t n_fields)
{
	msgpack_pack_array(pk, n_fields + 1);
	msgpack_pack_uint64(pk, kind);
}

static void pack_trailer(const struct totals *t, msgpack_packer *pk)
{
	pack_head(pk, STREAM_TRAILER, 3);
	msgpack_pack_uint64(pk, t->records);
	msgpack_pack_uint64(pk, t->calls);
	msgpack_pack_fix_uint32(pk, t->crc);
}

/*
 * Framing. The bytes of a record are counted before they are decoded, so that a
 * false size in the input never makes us allocate memory.
 */

enum measure { MEASURED, MEASURE_MORE, MEASURE_BAD };

struct token {
	size_t head;		/* bytes of the type and the length */
	uint64_t body;		/* bytes after the head, without the elements */
	uint64_t elements;	/* objects that follow */
	bool nests;
};

static uint64_t big_endian(const uint8_t *p, size_t n)
{
	uint64_t value = 0;

	while (n--)
		value = value << 8 | *p++;
	return value;
}

/*
 * Types 0xc0 to 0xdf: the number of bytes of the length, and the unit of the
 * length.
 */
static const struct wide {
	uint8_t length;		/* bytes */
	uint8_t fixed;		/* bytes of the body besides the counted ones */
	/* bytes of the body for each unit of the length */
	uint8_t per_body;
	uint8_t per_element;	/* elements for each unit of the length */
} wides[32] = {
	[0x04] = { 1, 0, 1, 0 }, [0x05] = { 2, 0, 1, 0 },	/* bin */
	[0x06] = { 4, 0, 1, 0 },
	[0x07] = { 1, 1, 1, 0 }, [0x08] = { 2, 1, 1, 0 },	/* ext */
	[0x09] = { 4, 1, 1, 0 },
	[0x0a] = { 0, 4, 0, 0 }, [0x0b] = { 0, 8, 0, 0 },	/* float */
	[0x0c] = { 0, 1, 0, 0 }, [0x0d] = { 0, 2, 0, 0 },	/* uint */
	[0x0e] = { 0, 4, 0, 0 }, [0x0f] = { 0, 8, 0, 0 },
	[0x10] = { 0, 1, 0, 0 }, [0x11] = { 0, 2, 0, 0 },	/* int */
	[0x12] = { 0, 4, 0, 0 }, [0x13] = { 0, 8, 0, 0 },
	[0x14] = { 0, 2, 0, 0 }, [0x15] = { 0, 3, 0, 0 },	/* fixext */
	[0x16] = { 0, 5, 0, 0 }, [0x17] = { 0, 9, 0, 0 },
	[0x18] = { 0, 17, 0, 0 },
	[0x19] = { 1, 0, 1, 0 }, [0x1a] = { 2, 0, 1, 0 },	/* str */
	[0x1b] = { 4, 0, 1, 0 },
	[0x1c] = { 2, 0, 0, 1 }, [0x1d] = { 4, 0, 0, 1 },	/* array */
	[0x1e] = { 2, 0, 0, 2 }, [0x1f] = { 4, 0, 0, 2 },	/* map */
};

static enum measure read_token(const uint8_t *p, size_t n, struct token *t)
{
	const struct wide *w;
	uint64_t length;

	*t = (struct token){ .head = 1 };
	if (!n)
		return MEASURE_MORE;
	if (*p < 0x80 || *p >= 0xe0)			/* fixint */
		return MEASURED;
	if (*p < 0xa0) {				/* fixmap or fixarray */
		t->elements = (*p & 0x0f) * (*p < 0x90 ? 2 : 1);
		t->nests = true;
		return MEASURED;
	}
	if (*p < 0xc0) {				/* fixstr */
		t->body = *p & 0x1f;
		return MEASURED;
	}
	if (*p == 0xc1)					/* never used */
		return MEASURE_BAD;
	w = &wides[*p - 0xc0];
	t->head += w->length;
	if (n < t->head)
		return MEASURE_MORE;
	length = big_endian(p + 1, w->length);
	t->body = w->fixed + length * w->per_body;
	t->elements = length * w->per_element;
	t->nests = w->per_element;
	return MEASURED;
}

/* Finds the size of the object at `p`, of which `n` bytes were read so far. */
static enum measure measure(const uint8_t *p, size_t n, size_t *size,
			    const char **why)
{
	/* objects that have not been measured */
	uint64_t left[STREAM_DEPTH_MAX] = { 1 };
	uint64_t objects = 0, at = 0;
	unsigned int depth = 0;
	struct token t;

	for (;;) {
		enum measure m = read_token(p + at, at < n ? n - at : 0, &t);

		if (m == MEASURE_BAD)
			*why = "not MessagePack";
		if (m != MEASURED)
			return m;
		objects += 1 + t.elements;
		at += t.head + t.body;
		*why = objects > STREAM_OBJECTS_MAX || at > STREAM_RECORD_MAX ?
			"larger than a record can be" : NULL;
		if (!*why && t.elements && depth + 1 == STREAM_DEPTH_MAX)
			*why = "nested too deeply";
		if (*why)
			return MEASURE_BAD;
		left[depth]--;
		if (t.elements)
			left[++depth] = t.elements;
		while (!left[depth] && depth)
			depth--;
		if (!left[0] && !depth)
			break;
	}
	*size = at;
	return at > n ? MEASURE_MORE : MEASURED;
}

/* Reader */

struct stream_reader {
	FILE *file;
	uint8_t *data;
	size_t start, end, capacity;	/* the unread bytes are [start, end) */
	msgpack_unpacked record;
	struct totals totals;
	uint64_t segments;
	bool inside;			/* whether a segment is open */
	bool broken;
	char *problem;
};

struct stream_reader *stream_reader_new(FILE *file)
{
	struct stream_reader *r = xcalloc(1, sizeof(*r));

	r->file = file;
	r->capacity = 64 << 10;
	r->data = xrealloc(NULL, r->capacity, 1);
	msgpack_unpacked_init(&r->record);
	return r;
}

void stream_reader_free(struct stream_reader *r)
{
	if (!r)
		return;
	msgpack_unpacked_destroy(&r->record);
	free(r->data);
	free(r->problem);
	free(r);
}

const char *stream_problem(const struct stream_reader *r)
{
	return r->problem;
}

void stream_reader_count(struct stream_reader *r, uint64_t calls)
{
	totals_calls(&r->totals, calls);
}

static enum stream_event fail(struct stream_reader *r,
			      enum stream_event event, const char *why)
{
	unsigned long long segment = r->segments;
	unsigned long long record = r->totals.records + 1;

	free(r->problem);
	if (r->inside)
		r->problem = xasprintf("segment %llu: record %llu: %s",
				       segment, record, why);
	else if (segment)
		r->problem = xasprintf("after segment %llu: %s", segment, why);
	else
		r->problem = xstrdup(why);
	r->broken = true;
	return event;
}

/* The input does not begin with a segment: it is not a stream. */
static enum stream_event refuse(struct stream_reader *r)
{
	char *why = kind_refusal(r->data + r->start, r->end - r->start,
				 "a sandprint stream");
	enum stream_event event = fail(r, STREAM_BAD, why);

	free(why);
	return event;
}

enum stream_event stream_refuse(struct stream_reader *r, const char *why)
{
	r->totals.records--;	/* reading the record has counted it */
	return fail(r, STREAM_BAD, why);
}

/*
 * Reads up to `n` bytes, but only waits for the first byte: events are read
 * while they are written. This only works if `file` has no buffer. If it has
 * one, this waits for all `n` bytes.
 */
static size_t read_some(FILE *file, uint8_t *data, size_t n)
{
	struct pollfd fd = { .fd = fileno(file), .events = POLLIN };
	ssize_t more = 0;
	int first;

	/*
	 * 1: unbuffered. 0: nothing was read so far, and reading allocates the
	 * buffer.
	 */
	if (fd.fd < 0 || __fbufsize(file) != 1)
		return fread(data, 1, n, file);
	first = getc(file);
	if (first == EOF)
		return 0;
	*data = first;
	if (n > 1 && poll(&fd, 1, 0) == 1)
		more = read(fd.fd, data + 1, n - 1);
	/* getc() will report an error */
	return 1 + (more > 0 ? more : 0);
}

/* Read more bytes into the buffer; false at the end of the input. */
static bool fill(struct stream_reader *r)
{
	size_t n;

	if (r->start) {
		memmove(r->data, r->data + r->start, r->end - r->start);
		r->end -= r->start;
		r->start = 0;
	}
	if (r->end == r->capacity) {
		r->capacity *= 2;
		r->data = xrealloc(r->data, r->capacity, 1);
	}
	n = read_some(r->file, r->data + r->end, r->capacity - r->end);
	r->end += n;
	return n;
}

/*
 * Reads one complete record into the buffer. Returns STREAM_RECORD, or the
 * error.
 */
static enum stream_event frame(struct stream_reader *r, size_t *size)
{
	const char *why;

	for (;;) {
		enum measure m = measure(r->data + r->start,
					 r->end - r->start, size, &why);

		if (m == MEASURED)
			return STREAM_RECORD;
		if (m == MEASURE_BAD)
			return fail(r, STREAM_BAD, why);
		if (fill(r))
			continue;
		if (ferror(r->file))
			return fail(r, STREAM_BAD, strerror(errno));
		if (r->start == r->end && !r->inside)
			return STREAM_END;
		return r->segments ? fail(r, STREAM_TRUNCATED, "truncated") :
			refuse(r);
	}
}

static bool decode(struct stream_reader *r, size_t size,
		   struct stream_record *record)
{
	const msgpack_object *o = &r->record.data;
	const char *data = (const char *)r->data + r->start;

	if (msgpack_unpack_next(&r->record, data, size, NULL) !=
	    MSGPACK_UNPACK_SUCCESS || o->type != MSGPACK_OBJECT_ARRAY ||
	    !o->via.array.size ||
	    o->via.array.ptr[0].type != MSGPACK_OBJECT_POSITIVE_INTEGER)
		return false;
	record->kind = o->via.array.ptr[0].via.u64;
	record->fields = o->via.array.ptr + 1;
	record->n_fields = o->via.array.size - 1;
	return true;
}

/*
 * A stream can have millions of events. So events in the encoding that our
 * writer chooses have a fast decoder. Events in any other encoding are read
 * like other records.
 */
static bool is_events(const struct stream_reader *r)
{
	const uint8_t *p = r->data + r->start;

	return r->inside && p[0] == 0x94 &&
		(p[1] == STREAM_EVENTS || p[1] == STREAM_TRACED);
}

static bool is_header(const struct stream_record *record)
{
	const msgpack_object *magic = &record->fields[0];

	return record->kind == STREAM_HEADER && record->n_fields >= 2 &&
		magic->type == MSGPACK_OBJECT_STR &&
		magic->via.str.size == strlen(MAGIC) &&
		!memcmp(magic->via.str.ptr, MAGIC, strlen(MAGIC)) &&
		record->fields[1].type == MSGPACK_OBJECT_POSITIVE_INTEGER;
}

static enum stream_event begin_segment(struct stream_reader *r,
				       const struct stream_record *record)
{
	uint64_t version;
	char *why;

	r->totals = (struct totals){ 0 };
	if (!is_header(record))
		return r->segments ? fail(r, STREAM_BAD, "not a header") :
			refuse(r);
	version = record->fields[1].via.u64;
	if (version != STREAM_VERSION) {
		why = xasprintf("stream version %llu, but this tool reads "
				"version %d", (unsigned long long)version,
				STREAM_VERSION);
		fail(r, STREAM_BAD, why);
		free(why);
		return STREAM_BAD;
	}
	if (record->n_fields != 2)
		return fail(r, STREAM_BAD, "not a header");
	r->segments++;
	r->inside = true;
	return STREAM_SEGMENT;
}

/* Only the exact bytes that our writer produces are accepted as a trailer. */
static enum stream_event end_segment(struct stream_reader *r, size_t size)
{
	msgpack_sbuffer expected;
	msgpack_packer pk;
	bool equal;

	msgpack_sbuffer_init(&expected);
	msgpack_packer_init(&pk, &expected, msgpack_sbuffer_write);
	pack_trailer(&r->totals, &pk);
	equal = expected.size == size &&
		!memcmp(expected.data, r->data + r->start, size);
	msgpack_sbuffer_destroy(&expected);
	if (!equal)
		return fail(r, STREAM_BAD,
			    "corrupt: the trailer disagrees with the segment");
	r->inside = false;
	return STREAM_COMPLETE;
}

enum stream_event stream_next(struct stream_reader *r,
			      struct stream_record *record)
{
	enum stream_event event;
	size_t size = 0;

	if (r->broken)
		return STREAM_BAD;
	event = frame(r, &size);
	if (event != STREAM_RECORD)
		return event;
	*record = (struct stream_record){
		.data = r->data + r->start, .size = size,
	};
	if (is_events(r))
		record->kind = r->data[r->start + 1];
	else if (!decode(r, size, record))
		return r->segments ? fail(r, STREAM_BAD, "not a record") :
			refuse(r);
	if (!r->inside)
		event = begin_segment(r, record);
	else if (record->kind == STREAM_TRAILER)
		event = end_segment(r, size);
	else if (record->kind == STREAM_HEADER)
		return fail(r, STREAM_BAD, "a header inside a segment");
	if (event == STREAM_SEGMENT || event == STREAM_RECORD)
		totals_record(&r->totals, r->data + r->start, size);
	r->start += size;
	return event;
}

/* Writer */

struct stream_writer {
	FILE *file;
	msgpack_sbuffer buffer;
	msgpack_packer packer;
	struct totals totals;
};

static void flush(struct stream_writer *w)
{
	fwrite(w->buffer.data, 1, w->buffer.size, w->file);
	msgpack_sbuffer_clear(&w->buffer);
}

struct stream_writer *stream_writer_new(FILE *file)
{
	struct stream_writer *w = xcalloc(1, sizeof(*w));
	msgpack_packer *pk;

	w->file = file;
	msgpack_sbuffer_init(&w->buffer);
	msgpack_packer_init(&w->packer, &w->buffer, msgpack_sbuffer_write);
	pk = stream_begin(w, STREAM_HEADER, 2);
	msgpack_pack_str_with_body(pk, MAGIC, strlen(MAGIC));
	msgpack_pack_int(pk, STREAM_VERSION);
	stream_end(w);
	return w;
}

msgpack_packer *stream_begin(struct stream_writer *w, enum stream_kind kind,
			     uint32_t n_fields)
{
	pack_head(&w->packer, kind, n_fields);
	return &w->packer;
}

void stream_end(struct stream_writer *w)
{
	totals_record(&w->totals, w->buffer.data, w->buffer.size);
	flush(w);
}

void stream_put(struct stream_writer *w, const void *head, size_t head_size,
		const void *body, size_t body_size)
{
	totals_record(&w->totals, head, head_size);
	w->totals.crc = crc32_z(w->totals.crc, body, body_size);
	fwrite(head, 1, head_size, w->file);
	fwrite(body, 1, body_size, w->file);
}

void stream_writer_count(struct stream_writer *w, uint64_t calls)
{
	totals_calls(&w->totals, calls);
}

void stream_writer_finish(struct stream_writer *w)
{
	pack_trailer(&w->totals, &w->packer);
	flush(w);
	msgpack_sbuffer_destroy(&w->buffer);
	free(w);
}
