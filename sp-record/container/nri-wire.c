/* SPDX-License-Identifier: Apache-2.0 */
#include "nri-wire.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	FRAME_HEAD = 8, TTRPC_HEAD = 10,
	/* the largest message in bytes: ttrpc's PROTOCOL.md */
	TTRPC_MAX = 4 << 20,
	TYPE_REQUEST = 1, TYPE_RESPONSE = 2,
	CODE_UNIMPLEMENTED = 12,	/* a status code of gRPC */
};

/* The fields of ttrpc's Request, Response and Status. */
enum {
	REQUEST_SERVICE = 1, REQUEST_METHOD = 2, REQUEST_PAYLOAD = 3,
	RESPONSE_STATUS = 1, RESPONSE_PAYLOAD = 2,
	STATUS_CODE = 1, STATUS_MESSAGE = 2,
};

static uint32_t get_u32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static void put_u32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = value >> (24 - 8 * i);
}

/*
 * Moves the bytes to the start of the memory. This is done before bytes are
 * added, and not after each message, since messages are small.
 */
static void compact(struct nri_buffer *b)
{
	if (!b->start)
		return;
	b->n -= b->start;
	memmove(b->data, b->data + b->start, b->n);
	b->start = 0;
}

static void append(struct nri_buffer *b, const void *data, size_t n)
{
	compact(b);
	b->data = xrealloc(b->data, b->n + n, 1);
	if (n)
		memcpy(b->data + b->n, data, n);
	b->n += n;
}

static const uint8_t *front(const struct nri_buffer *b)
{
	return b->data ? b->data + b->start : NULL;
}

static size_t size(const struct nri_buffer *b)
{
	return b->n - b->start;
}

/* Moves complete frames to their connections. */
static bool take_frames(struct nri_wire *w)
{
	while (size(&w->frames) >= FRAME_HEAD) {
		uint32_t connection = get_u32(front(&w->frames));
		uint32_t n = get_u32(front(&w->frames) + 4);

		if (connection < NRI_PLUGIN || connection > NRI_RUNTIME ||
		    n > TTRPC_MAX + TTRPC_HEAD)
			return false;
		if (size(&w->frames) < FRAME_HEAD + n)
			return true;
		append(&w->streams[connection - 1],
		       front(&w->frames) + FRAME_HEAD, n);
		w->frames.start += FRAME_HEAD + n;
	}
	return true;
}

bool nri_feed(struct nri_wire *w, const void *data, size_t n)
{
	append(&w->frames, data, n);
	return take_frames(w);
}

static void take_text(char **to, const struct protobuf_field *field)
{
	free(*to);
	*to = protobuf_text(field);
}

static void set_payload(struct nri_message *m,
			const struct protobuf_field *field)
{
	free(m->payload);
	m->n = field->bytes.end - field->bytes.at;
	m->payload = m->n ? xmemdup(field->bytes.at, m->n) : NULL;
}

static bool parse_request(struct nri_message *m, struct protobuf body)
{
	struct protobuf_field field;

	while (protobuf_next(&body, &field)) {
		if (field.number == REQUEST_METHOD)
			take_text(&m->method, &field);
		else if (field.number == REQUEST_PAYLOAD && field.has_bytes)
			set_payload(m, &field);
	}
	return !body.malformed && m->method;
}

static bool parse_status(struct nri_message *m, struct protobuf body)
{
	struct protobuf_field field;
	char *text = NULL;
	bool failed = false;

	while (protobuf_next(&body, &field)) {
		if (field.number == STATUS_CODE)
			failed = field.value;
		else if (field.number == STATUS_MESSAGE)
			take_text(&text, &field);
	}
	free(m->error);
	m->error = failed ? xstrdup(text ? text : "no reason given") : NULL;
	free(text);
	return !body.malformed;
}

static bool parse_response(struct nri_message *m, struct protobuf body)
{
	struct protobuf_field field;
	bool ok = true;

	while (ok && protobuf_next(&body, &field))
		if (field.number == RESPONSE_STATUS && field.has_bytes)
			ok = parse_status(m, field.bytes);
	return ok && !body.malformed;
}

/*
 * Takes a message from the start of a connection's stream. Returns 1, 0 if the
 * message is not complete, or -1 if it is malformed.
 */
static int take_message(struct nri_buffer *b, struct nri_message *m)
{
	const uint8_t *head = front(b);
	uint32_t n;
	bool ok;

	if (size(b) < TTRPC_HEAD)
		return 0;
	n = get_u32(head);
	if (n > TTRPC_MAX)
		return -1;
	if (size(b) < TTRPC_HEAD + n)
		return 0;
	m->stream = get_u32(head + 4);
	m->is_request = head[8] == TYPE_REQUEST;
	ok = m->is_request ?
		parse_request(m, protobuf_of(head + TTRPC_HEAD, n)) :
		head[8] == TYPE_RESPONSE &&
		parse_response(m, protobuf_of(head + TTRPC_HEAD, n));
	b->start += TTRPC_HEAD + n;
	return ok ? 1 : -1;
}

bool nri_next(struct nri_wire *w, struct nri_message *m, bool *malformed)
{
	int taken = 0;

	*malformed = false;
	*m = (struct nri_message){ 0 };
	for (size_t i = 0; !taken && i < 2; i++) {
		taken = take_message(&w->streams[i], m);
		m->connection = NRI_PLUGIN + i;
	}
	if (taken > 0)
		return true;
	*malformed = taken < 0;
	nri_message_free(m);
	return false;
}

void nri_message_free(struct nri_message *m)
{
	free(m->method);
	free(m->payload);
	free(m->error);
	*m = (struct nri_message){ 0 };
}

void nri_wire_free(struct nri_wire *w)
{
	free(w->frames.data);
	free(w->streams[0].data);
	free(w->streams[1].data);
	*w = (struct nri_wire){ 0 };
}

static struct protobuf_out frame(enum nri_connection connection,
				 uint32_t stream, uint8_t type,
				 struct protobuf_out body)
{
	struct protobuf_out out = {
		xcalloc(FRAME_HEAD + TTRPC_HEAD + body.n, 1),
		FRAME_HEAD + TTRPC_HEAD + body.n,
	};

	put_u32(out.data, connection);
	put_u32(out.data + 4, TTRPC_HEAD + body.n);
	put_u32(out.data + 8, body.n);
	put_u32(out.data + 12, stream);
	out.data[16] = type;
	if (body.n)
		memcpy(out.data + FRAME_HEAD + TTRPC_HEAD, body.data, body.n);
	free(body.data);
	return out;
}

struct protobuf_out nri_request(uint32_t stream, const char *service,
				const char *method,
				const struct protobuf_out *payload)
{
	struct protobuf_out body = { 0 };

	protobuf_put_text(&body, REQUEST_SERVICE, service);
	protobuf_put_text(&body, REQUEST_METHOD, method);
	protobuf_put(&body, REQUEST_PAYLOAD, payload->data, payload->n);
	return frame(NRI_RUNTIME, stream, TYPE_REQUEST, body);
}

struct protobuf_out nri_response(uint32_t stream, const char *problem,
				 const struct protobuf_out *payload)
{
	struct protobuf_out body = { 0 }, status = { 0 };

	if (problem) {
		protobuf_put_number(&status, STATUS_CODE, CODE_UNIMPLEMENTED);
		protobuf_put_text(&status, STATUS_MESSAGE, problem);
		protobuf_put(&body, RESPONSE_STATUS, status.data, status.n);
	} else {
		protobuf_put(&body, RESPONSE_PAYLOAD, payload->data,
			     payload->n);
	}
	free(status.data);
	return frame(NRI_PLUGIN, stream, TYPE_RESPONSE, body);
}
