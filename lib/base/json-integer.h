/* SPDX-License-Identifier: Apache-2.0 */
/* Integers of 64 bits without a sign, for a JSON library that has a sign. */
#ifndef JSON_INTEGER_H
#define JSON_INTEGER_H

#include <stddef.h>

/*
 * A copy of a JSON text (heap, `*length` bytes) in which each integer from 2^63
 * to 2^64 - 1 is replaced by the negative one that has the same 64 bits, and
 * each negative integer by a real number. A negative integer of the copy is
 * therefore a large one of the text. Greater integers stay as they are.
 */
char *json_fold_integers(const char *text, size_t n, size_t *length);
/* Back again: each negative integer becomes the large one; heap. */
char *json_unfold_integers(const char *text);

#endif
