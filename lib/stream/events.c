/* SPDX-License-Identifier: Apache-2.0 */
/*
 * This file encodes and decodes the integers of events itself, because millions
 * of events a second pass through it. msgpack-c does everything else.
 */
#include "stream/events.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum {
	BATCH_EVENTS = 4096,
	INT_MAX_SIZE = 9,	/* size of an encoded integer in bytes */
	/* integers of a context: what, flags, pid, tid, image, arch */
	CONTEXT_INTS = 6,
	/* integers of an event, at most: head, time, number, arguments */
	EVENT_INTS = 9,
	ARGS = 6,
	HASH_SIZE = 256,
};

/* Writing */

struct events_writer {
	struct stream_writer *stream;
	enum stream_kind kind;
	struct happening contexts[EVENTS_CONTEXTS_MAX];
	uint32_t n_contexts;
	/* an event, and perhaps a new context */
	uint8_t hash[HASH_SIZE];
	uint64_t base_ns, last_ns;
	uint32_t n, n_ints;
	uint8_t *end;			/* end of the events in `data` */
	uint8_t data[BATCH_EVENTS * EVENT_INTS * INT_MAX_SIZE];
};

static uint8_t *put_be(uint8_t *p, uint8_t type, uint64_t value, int bytes)
{
	value = htobe64(value << (64 - 8 * bytes));
	*p++ = type;
	memcpy(p, &value, sizeof(value));
	return p + bytes;
}

static uint8_t *put_uint(uint8_t *p, uint64_t value)
{
	if (value < 0x80) {
		*p = value;
		return p + 1;
	}
	return value <= UINT8_MAX ? put_be(p, 0xcc, value, 1) :
		value <= UINT16_MAX ? put_be(p, 0xcd, value, 2) :
		value <= UINT32_MAX ? put_be(p, 0xce, value, 4) :
		put_be(p, 0xcf, value, 8);
}

static uint8_t *put_int(uint8_t *p, int64_t value)
{
	if (value >= 0)
		return put_uint(p, value);
	if (value >= -32) {
		*p = value;
		return p + 1;
	}
	return value >= INT8_MIN ? put_be(p, 0xd0, value, 1) :
		value >= INT16_MIN ? put_be(p, 0xd1, value, 2) :
		value >= INT32_MIN ? put_be(p, 0xd2, value, 4) :
		put_be(p, 0xd3, value, 8);
}

static uint8_t *put_array(uint8_t *p, uint32_t n)
{
	if (n < 16) {
		*p = 0x90 | n;
		return p + 1;
	}
	return n <= UINT16_MAX ? put_be(p, 0xdc, n, 2) : put_be(p, 0xdd, n, 4);
}

struct events_writer *events_writer_new(struct stream_writer *w,
					enum stream_kind kind)
{
	struct events_writer *e = xcalloc(1, sizeof(*e));

	e->stream = w;
	e->kind = kind;
	e->end = e->data;
	return e;
}

void events_writer_free(struct events_writer *e)
{
	free(e);
}

static void put_path(struct events_writer *e, enum stream_kind kind,
		     const char *path)
{
	msgpack_packer *pk = stream_begin(e->stream, kind, 1);

	if (path)
		text_pack(path, pk);
	else
		msgpack_pack_nil(pk);
	stream_end(e->stream);
}

void events_image(struct events_writer *e, const char *path)
{
	events_flush(e);
	put_path(e, STREAM_EVENT_IMAGE, path);
}

/* Flushes first: earlier events must not refer to the new file. */
void events_file(struct events_writer *e, const char *path)
{
	put_path(e, STREAM_EVENT_FILE, path);
}

void events_run(struct events_writer *e, uint32_t image, uint32_t run)
{
	msgpack_packer *pk = stream_begin(e->stream, STREAM_EVENT_RUN, 2);

	msgpack_pack_uint32(pk, image);
	msgpack_pack_uint32(pk, run);
	stream_end(e->stream);
}

void events_flush(struct events_writer *e)
{
	uint8_t head[64 + EVENTS_CONTEXTS_MAX * CONTEXT_INTS * INT_MAX_SIZE];
	uint8_t *p = put_array(head, 4);

	if (!e->n)
		return;
	p = put_uint(p, e->kind);
	p = put_uint(p, e->base_ns);
	p = put_array(p, e->n_contexts * CONTEXT_INTS);
	for (uint32_t i = 0; i < e->n_contexts; i++) {
		const struct happening *c = &e->contexts[i];
		const uint32_t ints[CONTEXT_INTS] = {
			c->what, c->flags, c->pid, c->tid, c->image, c->id.arch,
		};

		for (int j = 0; j < CONTEXT_INTS; j++)
			p = put_uint(p, ints[j]);
	}
	p = put_array(p, e->n_ints);
	stream_put(e->stream, head, p - head, e->data, e->end - e->data);
	e->n = e->n_ints = e->n_contexts = 0;
	e->end = e->data;
}

static bool is_context(const struct happening *c, const struct happening *h)
{
	return c->tid == h->tid && c->what == h->what && c->pid == h->pid &&
		c->image == h->image && c->id.arch == h->id.arch &&
		c->flags == h->flags;
}

/* Returns the number of the event's context. Adds the context if it is new. */
static uint32_t context_of(struct events_writer *e, const struct happening *h)
{
	uint8_t *hint = &e->hash[(h->tid * 7 + h->what * 64 + h->image) %
				 HASH_SIZE];

	if (*hint < e->n_contexts && is_context(&e->contexts[*hint], h))
		return *hint;
	if (e->n_contexts == EVENTS_CONTEXTS_MAX)
		events_flush(e);
	*hint = e->n_contexts;
	e->contexts[e->n_contexts] = *h;
	memset(e->contexts[e->n_contexts].args, 0, sizeof(h->args));
	return e->n_contexts++;
}

/*
 * Returns a bit for each argument that has not changed since the last event of
 * the context.
 */
static uint32_t repeated(const struct happening *before,
			 const struct happening *h)
{
	uint32_t mask = 0;

	for (int i = 0; i < ARGS; i++)
		mask |= (uint32_t)(before->args[i] == h->args[i]) << i;
	return mask;
}

void events_add(struct events_writer *e, const struct happening *h)
{
	uint32_t context = context_of(e, h);
	struct happening *before = &e->contexts[context];
	uint32_t mask = repeated(before, h);
	uint8_t *p = e->end;

	if (!e->n)
		e->base_ns = e->last_ns = h->ns;
	p = put_uint(p, context << ARGS | mask);
	p = put_int(p, h->ns - e->last_ns);
	p = put_int(p, h->id.nr);
	for (int i = 0; i < ARGS; i++)
		if (!(mask & 1U << i))
			p = put_int(p, before->args[i] = h->args[i]);
	e->last_ns = h->ns;
	e->end = p;
	e->n_ints += EVENT_INTS - __builtin_popcount(mask);
	if (++e->n == BATCH_EVENTS)
		events_flush(e);
}

/* Reading */

/*
 * Decodes an integer in two's complement. Returns NULL if it is not an integer,
 * or incomplete. `wide` becomes true if the value is 2^63 or more.
 */
static inline const uint8_t *get(const uint8_t *p, const uint8_t *end,
				 int64_t *value, bool *wide)
{
	uint64_t raw = 0;
	int bytes;

	if (p >= end)
		return NULL;
	*wide = false;
	if (*p < 0x80 || *p >= 0xe0) {
		*value = (int8_t)*p;
		return p + 1;
	}
	if (*p < 0xcc || *p > 0xd3)
		return NULL;
	bytes = 1 << (*p & 3);
	if (end - p <= bytes)
		return NULL;
	for (int i = 1; i <= bytes; i++)
		raw = raw << 8 | p[i];
	if (*p >= 0xd0)
		raw = (int64_t)(raw << (64 - 8 * bytes)) >> (64 - 8 * bytes);
	else
		*wide = raw >> 63;
	*value = raw;
	return p + 1 + bytes;
}

static bool get_uint(struct events_reader *r, uint64_t max, uint64_t *value)
{
	int64_t got = 0;
	bool wide;

	r->at = get(r->at, r->end, &got, &wide);
	*value = got;
	return r->at && (got >= 0 || wide) && *value <= max;
}

static bool get_int(struct events_reader *r, int64_t min, int64_t max,
		    int64_t *value)
{
	bool wide;

	r->at = get(r->at, r->end, value, &wide);
	return r->at && !wide && *value >= min && *value <= max;
}

static bool get_array(struct events_reader *r, uint32_t *n)
{
	const uint8_t *p = r->at;
	int bytes;

	if (p >= r->end)
		return false;
	if ((*p & 0xf0) == 0x90) {
		*n = *p & 0x0f;
		r->at++;
		return true;
	}
	bytes = *p == 0xdc ? 2 : *p == 0xdd ? 4 : 0;
	if (!bytes || r->end - p <= bytes)
		return false;
	*n = 0;
	for (int i = 1; i <= bytes; i++)
		*n = *n << 8 | p[i];
	r->at += 1 + bytes;
	return true;
}

static bool get_context(struct events_reader *r, struct happening *c)
{
	const uint64_t limits[CONTEXT_INTS] = {
		r->kind == STREAM_TRACED ? HAPPENED_RESULT : HAPPENED_EXIT,
		UINT32_MAX, INT32_MAX, INT32_MAX, UINT32_MAX, UINT32_MAX,
	};
	uint64_t v[CONTEXT_INTS];

	for (int i = 0; i < CONTEXT_INTS; i++)
		if (!get_uint(r, limits[i], &v[i]))
			return false;
	*c = (struct happening){
		.what = v[0], .flags = v[1], .pid = v[2], .tid = v[3],
		.image = v[4], .id = { .arch = v[5] },
	};
	return true;
}

bool events_open(struct events_reader *r, const struct stream_record *record)
{
	uint32_t n;

	r->at = record->data;
	r->end = r->at + record->size;
	if (!get_array(r, &n) || n != 4 ||
	    !get_uint(r, STREAM_TRACED, &r->kind) ||
	    (r->kind != STREAM_EVENTS && r->kind != STREAM_TRACED) ||
	    !get_uint(r, UINT64_MAX, &r->ns) || !get_array(r, &n) ||
	    n % CONTEXT_INTS || n / CONTEXT_INTS > EVENTS_CONTEXTS_MAX)
		return false;
	r->n_contexts = n / CONTEXT_INTS;
	for (uint32_t i = 0; i < r->n_contexts; i++)
		if (!get_context(r, &r->contexts[i]))
			return false;
	return get_array(r, &r->left);
}

enum events_next events_next(struct events_reader *r, struct happening *h)
{
	struct happening *context;
	uint64_t head;
	int64_t value;
	uint32_t ints;
	bool wide;

	if (!r->left)
		return r->at == r->end ? EVENTS_END : EVENTS_BAD;
	if (!get_uint(r, UINT32_MAX, &head) || head >> ARGS >= r->n_contexts)
		return EVENTS_BAD;
	ints = EVENT_INTS - __builtin_popcount(head & ((1 << ARGS) - 1));
	if (r->left < ints || !get_int(r, INT64_MIN, INT64_MAX, &value))
		return EVENTS_BAD;
	r->left -= ints;
	r->ns += value;
	if (!get_int(r, INT32_MIN, INT32_MAX, &value))
		return EVENTS_BAD;
	context = &r->contexts[head >> ARGS];
	context->ns = r->ns;
	context->id.nr = value;
	for (int i = 0; i < ARGS; i++) {
		if (head & 1U << i)
			continue;
		r->at = get(r->at, r->end, (int64_t *)&context->args[i], &wide);
		if (!r->at)
			return EVENTS_BAD;
	}
	*h = *context;
	return EVENTS_ONE;
}
