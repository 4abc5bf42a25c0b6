/* SPDX-License-Identifier: Apache-2.0 */
/* The fuzz targets share this header. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* fmemopen(3) refuses an empty buffer. */
static inline FILE *fuzz_open(const uint8_t *data, size_t size)
{
	FILE *file = size ? fmemopen((void *)data, size, "r") :
		fopen("/dev/null", "r");

	if (!file)
		abort();
	return file;
}

/*
 * Copies the data to the heap as a string, so that ASan sees reads beyond its
 * end. Null bytes in the data become spaces.
 */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);

	for (size_t i = 0; i < size; i++)
		text[i] = data[i] ? data[i] : ' ';
	return text;
}

#endif
