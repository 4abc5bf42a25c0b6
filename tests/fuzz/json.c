/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the reader of profiles of docker, podman and the OCI, with their
 * conditions.
 */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_read_twice(read_json, data, size);
	return 0;
}
