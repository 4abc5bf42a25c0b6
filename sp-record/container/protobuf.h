/* SPDX-License-Identifier: Apache-2.0 */
/* The wire format of Protocol Buffers, version 3, as far as NRI's messages go. */
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
	bool has_bytes;		/* else a number */
	uint64_t value;
	struct protobuf bytes;	/* a text, or a message to be read */
};

static inline struct protobuf protobuf_of(const void *data, size_t n)
{
	const uint8_t *at = data ? data : (const uint8_t *)"";

	return (struct protobuf){ at, at + n, false };
}

/* False: the message is at its end, or malformed. */
bool protobuf_next(struct protobuf *message, struct protobuf_field *field);
/* A copy on the heap; NULL: no bytes, or a NUL among them. */
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
