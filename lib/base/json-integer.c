/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json-integer.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"

enum { DIGITS_MAX = 20 };	/* of 2^64 - 1 */

/* The length of a JSON string, including its quotation marks. */
static size_t string_length(const char *s, size_t n)
{
	size_t i = 1;

	while (i < n && s[i] != '"')
		i += s[i] == '\\' ? 2 : 1;
	return i < n ? i + 1 : n;
}

static size_t number_length(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && (isalnum((unsigned char)s[i]) ||
			 (s[i] && strchr("+-.", s[i]))))
		i++;
	return i;
}

static bool is_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	return n > 0;
}

static bool is_large(const char *s, size_t n, uint64_t *value)
{
	char digits[DIGITS_MAX + 1] = "";

	if (n > DIGITS_MAX || !is_digits(s, n) || (*s == '0' && n > 1))
		return false;
	memcpy(digits, s, n);
	errno = 0;
	*value = strtoull(digits, NULL, 10);
	return !errno && *value > INT64_MAX;
}

/*
 * Copies a JSON text: passes each number to `write`, and copies all other bytes
 * unchanged.
 */
static char *copy_numbers(const char *text, size_t n, size_t *length,
			  void (*write)(const char *s, size_t n, FILE *out))
{
	char *copy = NULL;
	FILE *out = open_memstream(&copy, length);

	if (!out)
		message_fatal("out of memory");
	for (size_t i = 0, step; i < n; i += step) {
		if (text[i] == '"') {
			step = string_length(text + i, n - i);
			fwrite(text + i, 1, step, out);
		} else if (isdigit((unsigned char)text[i]) || text[i] == '-') {
			step = number_length(text + i, n - i);
			write(text + i, step, out);
		} else {
			step = 1;
			putc(text[i], out);
		}
	}
	if (fclose(out))
		message_fatal("out of memory");
	return copy;
}

static void fold(const char *s, size_t n, FILE *out)
{
	uint64_t value;

	if (is_large(s, n, &value))
		fprintf(out, "%" PRId64, (int64_t)value);
	else
		fwrite(s, 1, n, out);
	if (*s == '-' && is_digits(s + 1, n - 1))
		fputs(".0", out);
}

char *json_fold_integers(const char *text, size_t n, size_t *length)
{
	return copy_numbers(text, n, length, fold);
}

static void unfold(const char *s, size_t n, FILE *out)
{
	if (*s == '-' && is_digits(s + 1, n - 1))
		fprintf(out, "%" PRIu64, (uint64_t)strtoll(s, NULL, 10));
	else
		fwrite(s, 1, n, out);
}

char *json_unfold_integers(const char *text)
{
	size_t length;

	return copy_numbers(text, strlen(text), &length, unfold);
}

/* uint_json() stored each large number as a string: "\u0000" and the digits. */
void json_print(const json_t *json, FILE *out)
{
	static const char mark[] = "\"\\u0000";
	char *text = json_text(json, JSON_INDENT(2)), *at = text, *large;

	if (!text)
		message_fatal("out of memory");
	while ((large = strstr(at, mark))) {
		fwrite(at, 1, large - at, out);
		at = large + strlen(mark);
		fwrite(at, 1, strcspn(at, "\""), out);
		at += strcspn(at, "\"") + 1;
	}
	fputs(at, out);
	putc('\n', out);
	free(text);
}
