/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "stream/kind.h"
#include "text-input.h"

enum { LINE_MAX_SIZE = 16 << 20, SHOWN = 60 };

void lines_open(struct lines *l, FILE *file, const char *name)
{
	*l = (struct lines){ .file = file, .place = { name, 0 },
			     .hash = tally_hash_start() };
}

void lines_close(struct lines *l)
{
	free(l->text);
}

char *lines_shown(const char *text)
{
	char *start = xasprintf("%.*s%s", SHOWN, text,
				strlen(text) > SHOWN ? " ..." : "");
	char *shown = text_printable(start);

	free(start);
	return shown;
}

bool lines_refuse(const struct lines *l, const char *fmt, ...)
{
	char *what, *shown = lines_shown(l->text);
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&what, fmt, ap) < 0)
		message_fatal("out of memory");
	va_end(ap);
	message_error("%s: line %zu: %s: %s", l->place.file, l->place.line,
		      what, shown);
	free(shown);
	free(what);
	return false;
}

static void make_room(struct lines *l)
{
	if (l->size + 1 < l->room)
		return;
	l->room = l->room ? 2 * l->room : 256;
	l->text = xrealloc(l->text, l->room, 1);
}

/*
 * Reads at most one byte more than a line may have. This byte shows that the
 * line is too long.
 */
static void read_line(struct lines *l)
{
	int c;

	l->size = 0;
	while ((c = getc_unlocked(l->file)) != EOF && c != '\n') {
		make_room(l);
		l->text[l->size++] = c;
		if (l->size > LINE_MAX_SIZE)
			break;
	}
	l->cut = c == EOF;
	make_room(l);
	l->text[l->size] = '\0';
}

/* Refuses a binary file or a stream. The message names the kind of file. */
static bool check_text(const struct lines *l)
{
	char *why;

	if (!memchr(l->text, '\0', l->size) && l->text[0] != '\x93')
		return true;
	why = kind_refusal(l->text, l->size, "a text");
	message_error("%s: line %zu: %s", l->place.file, l->place.line, why);
	free(why);
	return false;
}

static bool check_line(struct lines *l)
{
	if (l->size > LINE_MAX_SIZE)
		message_error("%s: line %zu: more than %d MiB", l->place.file,
			      l->place.line, LINE_MAX_SIZE >> 20);
	else if (ferror(l->file))
		message_error("%s: %s", l->place.file, strerror(errno));
	else
		return check_text(l);
	return false;
}

bool lines_next(struct lines *l)
{
	l->place.line++;
	read_line(l);
	if (l->cut && !l->size && !ferror(l->file))
		return false;
	l->bad = !check_line(l);
	tally_hash(&l->hash, l->text, l->size);
	tally_hash(&l->hash, "\n", 1);
	if (l->size && l->text[l->size - 1] == '\r')
		l->text[--l->size] = '\0';
	return !l->bad;
}
