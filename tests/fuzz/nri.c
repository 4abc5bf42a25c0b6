/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the reader of a runtime's messages to a plugin: frames and containers.
 */
#include "../../sp-record/container/nri-event.c"
#include "../../sp-record/container/nri-wire.c"
#include "../../sp-record/container/protobuf.c"
#include "../../sp-record/container/subject.c"

#include "fuzz.h"

static void read_event(const struct nri_message *m)
{
	struct subject s;
	uint32_t event;

	for (int i = 0; i < 2; i++) {
		if (!nri_event_read(&s, &event, i, protobuf_of(m->payload,
							       m->n)))
			continue;
		if (!json_is_object(s.annotations) || s.pid < 0)
			abort();
		subject_free(&s);
	}
}

static void read_message(const struct nri_message *m)
{
	struct nri_runtime r;

	if (m->is_request && (!m->method || m->error))
		abort();
	read_event(m);
	nri_configure_read(&r, protobuf_of(m->payload, m->n));
	nri_runtime_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nri_wire w = { 0 };
	struct nri_message m;
	bool malformed = false;
	size_t cut = size ? data[0] % size : 0;

	if (nri_feed(&w, data, cut) && nri_feed(&w, data + cut, size - cut))
		while (nri_next(&w, &m, &malformed)) {
			read_message(&m);
			nri_message_free(&m);
		}
	nri_wire_free(&w);
	m = (struct nri_message){ .payload = (uint8_t *)data, .n = size };
	read_event(&m);
	return 0;
}
