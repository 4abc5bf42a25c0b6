/* SPDX-License-Identifier: Apache-2.0 */
#include "protobuf.h"

#include <string.h>

#include "base/memory.h"

enum wire { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

static bool take_varint(struct protobuf *m, uint64_t *value)
{
	*value = 0;
	for (unsigned int shift = 0; m->at < m->end && shift < 64; shift += 7) {
		uint8_t byte = *m->at++;

		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

static bool take_fixed(struct protobuf *m, size_t n, uint64_t *value)
{
	*value = 0;
	if ((size_t)(m->end - m->at) < n)
		return false;
	for (size_t i = 0; i < n; i++)
		*value |= (uint64_t)m->at[i] << 8 * i;
	m->at += n;
	return true;
}

static bool take_bytes(struct protobuf *m, struct protobuf *bytes)
{
	uint64_t n;

	if (!take_varint(m, &n) || n > (uint64_t)(m->end - m->at))
		return false;
	*bytes = protobuf_of(m->at, n);
	m->at += n;
	return true;
}

bool protobuf_next(struct protobuf *m, struct protobuf_field *field)
{
	uint64_t tag;
	bool ok;

	if (m->malformed || m->at == m->end)
		return false;
	*field = (struct protobuf_field){ 0 };
	ok = take_varint(m, &tag) && tag >> 3 && tag >> 3 <= UINT32_MAX;
	field->number = tag >> 3;
	switch (tag & 7) {
	case WIRE_VARINT:
		ok = ok && take_varint(m, &field->value);
		break;
	case WIRE_64:
		ok = ok && take_fixed(m, 8, &field->value);
		break;
	case WIRE_32:
		ok = ok && take_fixed(m, 4, &field->value);
		break;
	case WIRE_BYTES:
		field->has_bytes = true;
		ok = ok && take_bytes(m, &field->bytes);
		break;
	default:
		ok = false;
	}
	m->malformed = !ok;
	return ok;
}

char *protobuf_text(const struct protobuf_field *field)
{
	size_t n = field->bytes.end - field->bytes.at;
	char *text;

	if (!field->has_bytes || (n && memchr(field->bytes.at, '\0', n)))
		return NULL;
	text = xcalloc(n + 1, 1);
	if (n)
		memcpy(text, field->bytes.at, n);
	return text;
}

static void put_varint(struct protobuf_out *out, uint64_t value)
{
	do {
		out->data = xrealloc(out->data, out->n + 1, 1);
		out->data[out->n++] = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);
		value >>= 7;
	} while (value);
}

void protobuf_put(struct protobuf_out *out, uint32_t number, const void *data,
		  size_t n)
{
	put_varint(out, (uint64_t)number << 3 | WIRE_BYTES);
	put_varint(out, n);
	out->data = xrealloc(out->data, out->n + n, 1);
	if (n)
		memcpy(out->data + out->n, data, n);
	out->n += n;
}

void protobuf_put_text(struct protobuf_out *out, uint32_t number,
		       const char *text)
{
	protobuf_put(out, number, text, strlen(text));
}

void protobuf_put_number(struct protobuf_out *out, uint32_t number,
			 uint64_t value)
{
	put_varint(out, (uint64_t)number << 3 | WIRE_VARINT);
	put_varint(out, value);
}
