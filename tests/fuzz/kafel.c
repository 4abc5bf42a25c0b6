/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reader of policies of Kafel. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_read_twice(read_kafel, data, size);
	return 0;
}
