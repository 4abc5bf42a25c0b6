/* SPDX-License-Identifier: Apache-2.0 */
/* NRI's messages: the fields of api.proto, v1alpha1, that the plugin needs. */
#ifndef NRI_EVENT_H
#define NRI_EVENT_H

#include "nri-wire.h"
#include "subject.h"

enum { NRI_START_CONTAINER = 6 };	/* START_CONTAINER of enum Event */

/* The runtime's description of itself. */
struct nri_runtime {
	char *name, *version;		/* heap, or NULL */
	/* how long the runtime waits for an answer; 0: unknown */
	uint64_t timeout_ms;
};

bool nri_configure_read(struct nri_runtime *r, struct protobuf message);
void nri_runtime_free(struct nri_runtime *r);

/*
 * Reads the container of a StateChange or a StartContainer, with its own
 * annotations and labels, and those of the pod. `*event` is 0 if the message
 * does not name an event. Returns false if the message is malformed; then
 * nothing needs to be freed.
 */
bool nri_event_read(struct subject *s, uint32_t *event, bool is_state_change,
		    struct protobuf message);

struct protobuf_out nri_registration(void);
struct protobuf_out nri_subscription(void);
/*
 * Returns the answer to a Synchronize. The runtime sends a long list in several
 * messages, and the answer must ask for the next one.
 */
struct protobuf_out nri_synchronized(struct protobuf request);

#endif
