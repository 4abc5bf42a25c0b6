/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams made of a fuzzer's bytes, with a trailer that is right, so that what
 * comes after the reader is reached. The bytes choose the records and what is
 * in them.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include <stddef.h>
#include <stdint.h>

/* A stream; the caller frees. The size goes to `*n`. */
char *records_stream(const uint8_t *data, size_t size, size_t *n);

#endif
