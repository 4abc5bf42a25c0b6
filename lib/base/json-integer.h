/* SPDX-License-Identifier: Apache-2.0 */
/* Unsigned 64-bit integers for a JSON library that only has signed ones. */
#ifndef JSON_INTEGER_H
#define JSON_INTEGER_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Copies a JSON text (`*length` bytes, freed by the caller). Each integer from
 * 2^63 to 2^64 - 1 becomes the negative integer with the same 64 bits. Each
 * negative integer becomes a real number, so that a negative integer in the
 * copy always means a large one in the text. Integers above 2^64 - 1 stay as
 * they are.
 */
char *json_fold_integers(const char *text, size_t n, size_t *length);
/*
 * The reverse: each negative integer becomes the large one. The caller frees
 * the text.
 */
char *json_unfold_integers(const char *text);

/* Prints JSON, indented and with a newline, and the numbers of uint_json(). */
void json_print(const json_t *json, FILE *out);

#endif
