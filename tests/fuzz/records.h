/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes streams from a fuzzer's bytes, which choose the records and their
 * content. The streams have a correct trailer, so that readers process the
 * whole stream.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include <stddef.h>
#include <stdint.h>

/* Returns a stream, which the caller frees, and sets `*n` to its size. */
char *records_stream(const uint8_t *data, size_t size, size_t *n);

#endif
