/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes streams from a fuzzer's bytes. They have a correct trailer, so that the
 * code after the reader is reached. The bytes choose the records and their
 * content.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include <stddef.h>
#include <stdint.h>

/* Makes a stream, which the caller frees. `*n` becomes its size. */
char *records_stream(const uint8_t *data, size_t size, size_t *n);

#endif
