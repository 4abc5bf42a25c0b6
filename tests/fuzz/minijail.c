/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reader of minijail policies. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_read_twice(read_minijail, data, size);
	return 0;
}
