/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reader of the lists of allowed calls that snapd uses. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_read_twice(read_snap, data, size);
	return 0;
}
