/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How NRI's messages travel: a frame has a connection's number and a length, 4
 * bytes each, big-endian; the frames of a connection are a stream of ttrpc
 * messages, each with a header of 10 bytes: length, stream, type and flags.
 * Nothing here reads or writes a descriptor.
 */
#ifndef NRI_WIRE_H
#define NRI_WIRE_H

#include "protobuf.h"

enum nri_connection { NRI_PLUGIN = 1, NRI_RUNTIME = 2 };	/* who serves */

struct nri_buffer {
	uint8_t *data;
	size_t start, n;		/* of what was not taken yet, and the end */
};

struct nri_wire {
	struct nri_buffer frames;	/* bytes that have come */
	struct nri_buffer streams[2];	/* of the two connections */
};

struct nri_message {
	enum nri_connection connection;
	uint32_t stream;
	bool is_request;
	char *method;			/* of a request; heap */
	uint8_t *payload;		/* heap */
	size_t n;
	char *error;			/* of a response: heap, or NULL */
};

/* Take bytes that were read. False: they are not NRI's protocol. */
bool nri_feed(struct nri_wire *w, const void *data, size_t n);
/*
 * The next complete message. False: there is none yet, or (`*malformed`) a
 * message is malformed.
 */
bool nri_next(struct nri_wire *w, struct nri_message *m, bool *malformed);
void nri_message_free(struct nri_message *m);
void nri_wire_free(struct nri_wire *w);

/* A request or a response as it is written, on the heap. */
struct protobuf_out nri_request(uint32_t stream, const char *service,
				const char *method,
				const struct protobuf_out *payload);
/* `problem` NULL: it went well. */
struct protobuf_out nri_response(uint32_t stream, const char *problem,
				 const struct protobuf_out *payload);

#endif
