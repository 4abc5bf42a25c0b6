/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the wire format of Protocol Buffers, version 3, that NRI's
 * messages use.
 */
#ifndef PROTOBUF_H
#define PROTOBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct protobuf {
	const uint8_t *at, *end;
	bool malformed;
};

struct protobuf_field {
	uint32_t number;
	bool has_bytes;		/* true: `bytes` is set; false: the number is */
	uint64_t value;
	struct protobuf bytes;	/* a text, or an embedded message */
};

static inline struct protobuf protobuf_of(const void *data, size_t n)
{
	const uint8_t *at = data ? data : (const uint8_t *)"";

	return (struct protobuf){ at, at + n, false };
}

/*
 * Reads the next field. Returns false at the end, or if the message is
 * malformed.
 */
bool protobuf_next(struct protobuf *message, struct protobuf_field *field);
/*
 * Returns a copy of the text, which the caller frees. Returns NULL if the text
 * is empty or has a NUL.
 */
char *protobuf_text(const struct protobuf_field *field);

struct protobuf_out {
	uint8_t *data;		/* heap */
	size_t n;
};

void protobuf_put(struct protobuf_out *out, uint32_t number, const void *data,
		  size_t n);
void protobuf_put_text(struct protobuf_out *out, uint32_t number,
		       const char *text);
void protobuf_put_number(struct protobuf_out *out, uint32_t number,
			 uint64_t value);

#endif
