/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reader of a SeccompProfile and of other profiles in YAML. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_read_twice(read_yaml, data, size);
	return 0;
}
