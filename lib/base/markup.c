/* SPDX-License-Identifier: Apache-2.0 */
#include "base/markup.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"

/* Writes the character at `at` of the text. */
typedef void (*put_character)(const char *text, const char *at, FILE *out);

static char *escape(const char *text, put_character put)
{
	char *printable = text_printable(text), *result = NULL;
	size_t size;
	FILE *out = open_memstream(&result, &size);

	if (!out)
		message_fatal("out of memory");
	for (const char *at = printable; *at; at++)
		put(printable, at, out);
	free(printable);
	if (fclose(out))
		message_fatal("out of memory");
	return result;
}

static void put_html(const char *text, const char *at, FILE *out)
{
	(void)text;
	if (strchr("&<>\"'", *at))
		fprintf(out, "&#%d;", *at);
	else
		putc(*at, out);
}

/* A dot is safe unless it could be part of "www.", which begins a link. */
static void put_markdown(const char *text, const char *at, FILE *out)
{
	bool dot = *at == '.' && (at == text || tolower(at[-1]) != 'w');

	if (dot || isalnum((unsigned char)*at) || strchr("/- ", *at) ||
	    *at & 0x80)
		putc(*at, out);
	else
		fprintf(out, "&#%d;", *at);
}

/* In a workflow command, "::" ends the properties. */
static void put_command(const char *text, const char *at, FILE *out)
{
	if (*at == '%')
		fputs("%25", out);
	else if (*at == ':' && at > text && at[-1] == ':')
		fputs("\\x3a", out);
	else
		putc(*at, out);
}

char *markup_html(const char *text)
{
	return escape(text, put_html);
}

char *markup_markdown(const char *text)
{
	char *inner = escape(text, put_markdown);
	char *whole = xasprintf("<code>%s</code>", inner);

	free(inner);
	return whole;
}

char *markup_command(const char *text)
{
	return escape(text, put_command);
}
