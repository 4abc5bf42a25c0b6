/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * Returns the length of the UTF-8 sequence at `s` (Unicode 15, table 3-7); 0 if
 * there is no valid one.
 */
static size_t sequence(const unsigned char *s)
{
	static const struct {
		unsigned char first, last, low, high, length;
	} rows[] = {
		{ 0x01, 0x7f, 0, 0, 1 },	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },	{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (s[0] < rows[i].first || s[0] > rows[i].last)
			continue;
		if (rows[i].length > 1 &&
		    (s[1] < rows[i].low || s[1] > rows[i].high))
			return 0;
		for (size_t j = 2; j < rows[i].length; j++)
			if ((s[j] & 0xc0) != 0x80)
				return 0;
		return rows[i].length;
	}
	return 0;
}

bool text_is_utf8(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	for (size_t n; *s; s += n)
		if (!(n = sequence(s)))
			return false;
	return true;
}

void text_pack(const char *text, msgpack_packer *pk)
{
	size_t n = strlen(text);

	if (text_is_utf8(text))
		msgpack_pack_str_with_body(pk, text, n);
	else
		msgpack_pack_bin_with_body(pk, text, n);
}

bool text_unpack(const msgpack_object *o, char **text)
{
	const char *data;
	size_t n;

	if (o->type == MSGPACK_OBJECT_STR) {
		data = o->via.str.ptr;
		n = o->via.str.size;
	} else if (o->type == MSGPACK_OBJECT_BIN) {
		data = o->via.bin.ptr;
		n = o->via.bin.size;
	} else {
		return false;
	}
	if (n && memchr(data, '\0', n))
		return false;
	*text = xcalloc(n + 1, 1);
	if (n)
		memcpy(*text, data, n);
	return true;
}

bool uint_unpack(const msgpack_object *o, uint64_t max, uint64_t *value)
{
	if (o->type != MSGPACK_OBJECT_POSITIVE_INTEGER || o->via.u64 > max)
		return false;
	*value = o->via.u64;
	return true;
}

bool int_unpack(const msgpack_object *o, int64_t min, int64_t max,
		int64_t *value)
{
	if (o->type == MSGPACK_OBJECT_POSITIVE_INTEGER) {
		if (o->via.u64 > (uint64_t)max)
			return false;
		*value = o->via.u64;
		return *value >= min;
	}
	if (o->type != MSGPACK_OBJECT_NEGATIVE_INTEGER || o->via.i64 < min)
		return false;
	*value = o->via.i64;
	return true;
}

bool text_is_direction(const unsigned char *s)
{
	if (s[0] == 0xd8)
		return s[1] == 0x9c;
	if (s[0] != 0xe2)
		return false;
	return (s[1] == 0x80 && (s[2] == 0x8e || s[2] == 0x8f ||
				 (s[2] >= 0xaa && s[2] <= 0xae))) ||
	       (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9);
}

/*
 * C0, DEL and C1 (U+0080 to U+009F), which control a terminal, and characters
 * that change the direction of text. `s` must hold a whole UTF-8 sequence.
 */
static bool is_control(const unsigned char *s)
{
	return *s < ' ' || *s == 0x7f || (*s == 0xc2 && s[1] < 0xa0) ||
	       text_is_direction(s);
}

/* U+FFFE and U+FFFF, which no XML file can have: XML 1.0, 2.2. */
static bool is_no_character(const unsigned char *s)
{
	return s[0] == 0xef && s[1] == 0xbf && s[2] >= 0xbe;
}

/*
 * The runners of GitHub and Azure read commands from a job's log: "##[" and
 * "##vso[", wherever they are in a line.
 */
static bool is_command(const unsigned char *s)
{
	return s[0] == '#' && s[1] == '#';
}

/*
 * Takes one character of the text; writes "\\xHH" for a byte that is escaped.
 */
static size_t next_part(const unsigned char **s, bool controls, char part[8])
{
	size_t n = sequence(*s);

	if (!n || (controls && (is_control(*s) || is_no_character(*s) ||
				is_command(*s))))
		return sprintf(part, "\\x%02x", *(*s)++);
	memcpy(part, *s, n);
	*s += n;
	return n;
}

static char *escape(const char *text, bool controls)
{
	const unsigned char *s = (const unsigned char *)text;
	char *out = xcalloc(4 * strlen(text) + 1, 1), *to = out, part[8];

	while (*s) {
		size_t n = next_part(&s, controls, part);

		memcpy(to, part, n);
		to += n;
	}
	return out;
}

void text_put_printable(const char *text, FILE *file)
{
	const unsigned char *s = (const unsigned char *)text;
	char part[8];

	while (*s) {
		size_t n = next_part(&s, true, part);

		fwrite(part, 1, n, file);
	}
}

char *text_printable(const char *text)
{
	return escape(text, true);
}

json_t *text_json(const char *text)
{
	char *escaped = escape(text, false);
	json_t *json = json_string(escaped);

	free(escaped);
	return json;
}

/* Decodes one to three bytes of UTF-8: no control character has more. */
static unsigned int code_point(const unsigned char *s, size_t n)
{
	if (n == 1)
		return s[0];
	if (n == 2)
		return (s[0] & 0x1f) << 6 | (s[1] & 0x3f);
	return (s[0] & 0xf) << 12 | (s[1] & 0x3f) << 6 | (s[2] & 0x3f);
}

/*
 * Writes the text with all control characters escaped, and returns its size.
 * `to` NULL: only returns the size. jansson itself escapes those of C0: the
 * text only has its own newlines.
 */
static size_t escape_json(const char *text, char *to)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t size = 0;
	char part[8];

	for (size_t n, put; *s; s += n, size += put) {
		n = put = sequence(s);
		memcpy(part, s, n);
		if (*s >= ' ' && is_control(s))
			put = sprintf(part, "\\u%04x", code_point(s, n));
		if (to)
			memcpy(to + size, part, put);
	}
	return size;
}

char *json_text(const json_t *json, size_t flags)
{
	char *text = json_dumps(json, flags), *escaped;

	if (!text)
		return NULL;
	escaped = xcalloc(escape_json(text, NULL) + 1, 1);
	escape_json(text, escaped);
	free(text);
	return escaped;
}

/* json_print() recognizes these numbers by the NUL, which no other text has. */
json_t *uint_json(uint64_t value)
{
	char text[1 + sizeof("18446744073709551615")] = "";

	if (value <= INT64_MAX)
		return json_integer(value);
	return json_stringn(text, 1 + sprintf(text + 1, "%" PRIu64, value));
}

void text_append(char **list, const char *separator, const char *text)
{
	bool first = !*list || !**list;
	char *longer = xasprintf("%s%s%s", first ? "" : *list,
				 first ? "" : separator, text);

	free(*list);
	*list = longer;
}

bool text_has_word(const char *words, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += size)
		if (at > words && at[-1] == ' ' && at[size] == ' ')
			return true;
	return false;
}

/*
 * Optimal string alignment: computes the row `now` from the two rows above it,
 * `last` and then `before`.
 */
static void next_row(const char *a, const char *b, size_t i,
		     const size_t *before, const size_t *last, size_t *now)
{
	now[0] = i + 1;
	for (size_t j = 0; b[j]; j++) {
		size_t best = last[j] + (a[i] != b[j]);

		if (last[j + 1] + 1 < best)
			best = last[j + 1] + 1;
		if (now[j] + 1 < best)
			best = now[j] + 1;
		if (i && j && a[i] == b[j - 1] && a[i - 1] == b[j] &&
		    before[j - 1] + 1 < best)
			best = before[j - 1] + 1;
		now[j + 1] = best;
	}
}

size_t text_distance(const char *a, const char *b)
{
	enum { LONGEST = 63 };
	size_t rows[3][LONGEST + 1], n = strlen(b), i = 0;

	if (n > LONGEST)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		rows[0][j] = j;
	for (; a[i]; i++)
		next_row(a, b, i, rows[(i + 2) % 3], rows[i % 3],
			 rows[(i + 1) % 3]);
	return rows[i % 3][n];
}

void text_list_add(struct text_list *list, const char *text)
{
	if (list->n++ < TEXT_LIST_MAX)
		text_append(&list->text, ", ", text);
}

char *text_list_end(struct text_list *list)
{
	struct text_list all = *list;
	char *more;

	*list = (struct text_list){ NULL, 0 };
	if (all.n <= TEXT_LIST_MAX)
		return all.text;
	more = xasprintf("%s and %zu more", all.text, all.n - TEXT_LIST_MAX);
	free(all.text);
	return more;
}
