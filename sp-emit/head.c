/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the comment at the beginning of a profile. */
#include <ctype.h>
#include <string.h>

#include "base/message.h"
#include "format.h"

enum { COLUMNS_MAX = 78 };

/*
 * Returns the length of the next word. A word also ends between "*" and "/",
 * which would end a C comment.
 */
static size_t word_length(const char *s)
{
	size_t n = strcspn(s, " ");

	for (size_t i = 1; i < n; i++)
		if (s[i - 1] == '*' && s[i] == '/')
			return i;
	return n;
}

void write_comment(const char *text, const char *prefix, FILE *out)
{
	size_t column = 0;		/* columns used in the current line */

	while (*text) {
		size_t n = word_length(text);

		if (!column || column + 1 + n > COLUMNS_MAX) {
			fprintf(out, "%s%s", column ? "\n" : "", prefix);
			column = strlen(prefix);
		} else {
			putc(' ', out);
			column++;
		}
		for (size_t i = 0; i < n; i++)
			putc(iscntrl((unsigned char)text[i]) ? ' ' : text[i],
			     out);
		column += n;
		text += n;
		text += strspn(text, " ");
	}
	putc('\n', out);
}

void write_head(const struct emit *emit, const char *prefix, FILE *out)
{
	char **notes = message_notes();

	write_comment("Written by sp-emit from a recording.", prefix, out);
	if (emit->partial)
		write_comment("The recording is incomplete.", prefix, out);
	for (; notes && *notes; notes++)
		write_comment(*notes, prefix, out);
}
