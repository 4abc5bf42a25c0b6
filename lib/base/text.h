/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts and numbers, as streams store them and as people read them. A text is
 * any sequence of bytes without NUL, like the kernel's names and arguments: a
 * stream stores it as `str` if it is UTF-8, and as `bin` otherwise.
 */
#ifndef TEXT_H
#define TEXT_H

#include <jansson.h>
#include <msgpack.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

void text_pack(const char *text, msgpack_packer *pk);
/*
 * Copies the text; the caller frees it. Returns false if the object is not a
 * text or holds a NUL.
 */
bool text_unpack(const msgpack_object *o, char **text);

/* Returns false if the object is not an integer from 0 to `max`. */
bool uint_unpack(const msgpack_object *o, uint64_t max, uint64_t *value);
bool int_unpack(const msgpack_object *o, int64_t min, int64_t max,
		int64_t *value);

/*
 * Returns a copy for a terminal, the log of a CI job, JSON or XML, which the
 * caller frees. The copy is UTF-8 without control characters, without characters
 * that change the direction of text, without U+FFFE and U+FFFF, and without two
 * # in a row; the bytes of everything else become \xHH.
 */
char *text_printable(const char *text);
/* Writes the same to a file, without allocating memory. */
void text_put_printable(const char *text, FILE *file);
/*
 * Whether the UTF-8 character at `s`, which must be complete, is U+061C,
 * U+200E, U+200F, U+202A to U+202E or U+2066 to U+2069. These change the order
 * in which text is displayed, so that a name can look like another one.
 */
bool text_is_direction(const unsigned char *s);
/* Returns the text as a JSON string. Bytes that are not UTF-8 become \xHH. */
json_t *text_json(const char *text);
/*
 * json_dumps(3), but with \u escapes for all characters that control a terminal
 * or change the direction of text. The caller frees the text.
 */
char *json_text(const json_t *json, size_t flags);
/*
 * Returns a JSON integer. jansson has no integers above INT64_MAX: they are
 * exact only in the output of json_print() of json-integer.h.
 */
json_t *uint_json(uint64_t value);
bool text_is_utf8(const char *text);
/*
 * Appends to a heap string that is a list, with the separator if the list is
 * not empty. NULL is an empty list.
 */
void text_append(char **list, const char *separator, const char *text);

/* Whether a list such as " read write " has the word between two spaces. */
bool text_has_word(const char *words, const char *word);

/*
 * Returns the number of insertions, deletions, changes and swaps of
 * neighbouring bytes that turn one text into the other. Returns SIZE_MAX if `b`
 * is longer than any name.
 */
size_t text_distance(const char *a, const char *b);

/*
 * A list for a message: an input can have too many elements to print. At most
 * TEXT_LIST_MAX are named: "a, b and 7 more".
 */
enum { TEXT_LIST_MAX = 100 };
struct text_list {
	char *text;		/* NULL: it is empty */
	size_t n;
};
void text_list_add(struct text_list *list, const char *text);
/*
 * Returns the list's text, which the caller frees, or NULL. The list is empty
 * afterwards.
 */
char *text_list_end(struct text_list *list);

#endif
