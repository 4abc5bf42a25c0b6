/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transport of NRI's messages. A frame has the number of a connection and a
 * length (4 bytes each, big-endian). The frames of a connection form a stream
 * of ttrpc messages. Each message has a header of 10 bytes: length, stream,
 * type and flags. These functions work in memory: the caller reads and writes.
 */
#ifndef NRI_WIRE_H
#define NRI_WIRE_H

#include "protobuf.h"

/* Each connection has the number of the side that serves requests on it. */
enum nri_connection { NRI_PLUGIN = 1, NRI_RUNTIME = 2 };

struct nri_buffer {
	uint8_t *data;
	/* bytes before `start` were taken; `n` is the end */
	size_t start, n;
};

struct nri_wire {
	struct nri_buffer frames;	/* received bytes */
	/* the bytes of each connection */
	struct nri_buffer streams[2];
};

struct nri_message {
	enum nri_connection connection;
	uint32_t stream;
	bool is_request;
	/* the method of a request, to be freed */
	char *method;
	uint8_t *payload;		/* heap */
	size_t n;
	/* the error of a response, to be freed, or NULL */
	char *error;
};

/* Adds received bytes. Returns false if they do not follow NRI's protocol. */
bool nri_feed(struct nri_wire *w, const void *data, size_t n);
/*
 * Takes the next complete message. Returns false if there is none so far, or if
 * it is malformed (`*malformed`).
 */
bool nri_next(struct nri_wire *w, struct nri_message *m, bool *malformed);
void nri_message_free(struct nri_message *m);
void nri_wire_free(struct nri_wire *w);

/* Encodes a request or a response. The caller frees the bytes. */
struct protobuf_out nri_request(uint32_t stream, const char *service,
				const char *method,
				const struct protobuf_out *payload);
/* `problem` is the error text; NULL reports success. */
struct protobuf_out nri_response(uint32_t stream, const char *problem,
				 const struct protobuf_out *payload);

#endif
