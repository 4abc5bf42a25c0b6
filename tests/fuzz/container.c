/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the reader of the state that a container engine prints, with names that
 * users chose.
 */
#include "../../lib/process/container.c"

#include <limits.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct container c = { .pid = 0 };
	json_t *json = json_loadb((const char *)data, size,
				  JSON_DISABLE_EOF_CHECK, NULL);

	if (json && parse_state(json, &c) && (c.pid < 0 || !c.id))
		abort();
	container_free(&c);
	json_decref(json);
	return 0;
}
