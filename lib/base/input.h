/* SPDX-License-Identifier: Apache-2.0 */
/* Reading files whose size somebody else has chosen. */
#ifndef INPUT_H
#define INPUT_H

#include <stddef.h>
#include <stdio.h>

/*
 * The rest of a file and a NUL after it; the caller frees. `*n` is its size in
 * bytes without that NUL: most + 1 when the file is larger than `most`, and no
 * more is read then. Memory grows with the file. NULL: errno says why.
 */
char *input_read(FILE *file, size_t most, size_t *n);

#endif
