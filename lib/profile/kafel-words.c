/* SPDX-License-Identifier: Apache-2.0 */
/* Splits a Kafel policy, and the files that it includes, into words. */
#include "profile/kafel.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/included.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* These limits are far above those of policies in use. */
enum { INCLUDES_MAX = 256, INCLUDED_BYTES_MAX = 16 << 20 };

static struct kafel_text *text_of(struct kafel_words *w)
{
	return &w->texts[w->n_texts - 1];
}

static void end(struct kafel_words *w)
{
	w->kind = KAFEL_END;
	w->word = "";
	w->n = 0;
}

bool kafel_fail(struct kafel_words *w, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!w->failed)
		refuse(w->reader, "%s", text ? text : "out of memory");
	free(text);
	w->failed = true;
	end(w);
	return false;
}

bool kafel_refuse(struct kafel_words *w, const char *what)
{
	if (w->kind == KAFEL_END)
		return kafel_fail(w, "%s at the end", what);
	return kafel_fail(w, "%s at '%.*s'", what, (int)(w->n > 80 ? 80 : w->n),
		    w->word);
}

static bool begin_text(struct kafel_words *w, const char *text,
		       const char *file)
{
	if (w->n_texts == N_ELEMENTS(w->texts))
		return kafel_fail(w, "#include: more than %d files within each other",
			    KAFEL_DEPTH_MAX);
	w->texts[w->n_texts++] = (struct kafel_text){
		.at = text, .file = file, .line = 1,
	};
	return true;
}

/* Includes */

static bool include(struct kafel_words *w, const char *name)
{
	const struct host *host = w->reader->host;
	char *path = included_beside(host->path, name + strspn(name, "/"));
	const struct included_file *file = w->loading ?
		included_load(&w->loading->included, path) :
		included_find(host->included, path);
	bool ok = false;

	if (++w->n_includes > INCLUDES_MAX || w->n_bytes > INCLUDED_BYTES_MAX)
		kafel_fail(w, "#include: too many files, or they include each other");
	else if (!file || !file->text)
		kafel_fail(w, "#include \"%s\": %s: %s", name, path,
		     file ? strerror(-file->err) : "not read");
	else if (strlen(file->text) != file->n)
		kafel_fail(w, "#include \"%s\": binary data", name);
	else
		ok = begin_text(w, file->text, file->path);
	if (ok && !w->loading)
		profile_note(w->reader->profile, "includes %s; nsjail itself "
			     "has no directory for #include, and refuses it",
			     path);
	if (ok)
		w->n_bytes += file->n;
	free(path);
	return ok;
}

/* Goes to the next name of "#include "A" "B"", or to the end of the line. */
static bool read_include(struct kafel_words *w)
{
	struct kafel_text *t = text_of(w);
	size_t blanks = strspn(t->at, " \t"), n;
	char *name;
	bool ok;

	t->at += blanks;
	if (*t->at == '\n' || *t->at == ';') {
		t->including = false;
		t->at += *t->at == ';';
		return true;
	}
	n = *t->at == '"' ? strcspn(t->at + 1, "\"\n") : 0;
	if (!blanks || !n || t->at[n + 1] != '"')
		return kafel_fail(w, "#include without a file name in quotes");
	name = xasprintf("%.*s", (int)n, t->at + 1);
	t->at += n + 2;
	ok = include(w, name);
	free(name);
	return ok;
}

/* Comments */

/* Like Kafel's lexer, does not end a comment at a "/" after "**". */
static bool skip_comment(struct kafel_words *w)
{
	struct kafel_text *t = text_of(w);

	for (t->at += 2; *t->at; t->at++) {
		t->line += *t->at == '\n';
		if (*t->at != '*')
			continue;
		if (t->at[1] == '/') {
			t->at += 2;
			return true;
		}
		if (!t->at[1])
			break;
		t->at++;
		t->line += *t->at == '\n';
	}
	return kafel_fail(w, "a comment without an end");
}

/*
 * Goes to a word or the end of the text. Returns false if more must be skipped,
 * or after a failure.
 */
static bool at_word(struct kafel_words *w)
{
	struct kafel_text *t = text_of(w);

	if (t->including) {
		read_include(w);
		return false;
	}
	if (*t->at == ' ' || *t->at == '\t' || *t->at == '\n') {
		t->line += *t->at++ == '\n';
		return false;
	}
	if (!strncmp(t->at, "//", 2)) {
		t->at += strcspn(t->at, "\n");
		return false;
	}
	if (!strncmp(t->at, "/*", 2)) {
		skip_comment(w);
		return false;
	}
	if (!strncmp(t->at, "#include", strlen("#include"))) {
		t->at += strlen("#include");
		t->including = true;
		return false;
	}
	return true;
}

/* Words */

static void take_word(struct kafel_words *w, enum kafel_kind kind, size_t n)
{
	struct kafel_text *t = text_of(w);

	w->kind = kind;
	w->word = t->at;
	w->n = n;
	t->at += n;
}

/* Reads 42, -42, 0xfa1, 0777 and 0b101, with strtoull(3) for the digits. */
static bool read_number(struct kafel_words *w)
{
	static const char digits[] = "0123456789";
	const char *s = text_of(w)->at;
	size_t sign = *s == '-', n = sign + strspn(s + sign, digits);
	int base = s[sign] == '0' ? 8 : 10, skip = 0;

	if (sign && (s[1] < '1' || s[1] > '9'))
		return kafel_fail(w, "not a number at '%.20s'", s);
	if (!strncmp(s, "0x", 2) && isxdigit((unsigned char)s[2])) {
		base = 16;
		n = 2 + strspn(s + 2, "0123456789abcdefABCDEF");
	} else if (!strncmp(s, "0b", 2) && strspn(s + 2, "01")) {
		base = 2;
		skip = 2;
		n = 2 + strspn(s + 2, "01");
	}
	take_word(w, KAFEL_NUMBER, n);
	errno = 0;
	w->number = strtoull(w->word + skip, NULL, base);
	return !errno || kafel_refuse(w, "a number of more than 64 bits");
}

static bool read_sign(struct kafel_words *w)
{
	static const char *const signs[] = {
		"==", "!=", "<=", ">=", "||", "&&", "<", ">", "|", "&", "[",
		"]", "(", ")", "{", "}", ",", "!", "#",
	};
	const char *s = text_of(w)->at;

	for (size_t i = 0; i < N_ELEMENTS(signs); i++)
		if (!strncmp(s, signs[i], strlen(signs[i]))) {
			take_word(w, KAFEL_SIGN, strlen(signs[i]));
			return true;
		}
	return kafel_fail(w, "a character that Kafel refuses at '%.20s'", s);
}

static void read_word(struct kafel_words *w)
{
	const char *s = text_of(w)->at;
	size_t n = 0;

	if (isalpha((unsigned char)*s)) {
		while (isalnum((unsigned char)s[n]) || s[n] == '_')
			n++;
		take_word(w, KAFEL_NAME, n);
	} else if (isdigit((unsigned char)*s) || *s == '-') {
		read_number(w);
	} else {
		read_sign(w);
	}
}

void kafel_step(struct kafel_words *w)
{
	while (!w->failed) {
		struct kafel_text *t = text_of(w);

		w->reader->file = t->file;
		w->reader->line = t->line;
		if (!*t->at && t->including) {
			kafel_fail(w, "#include without an end of its line");
		} else if (!*t->at && w->n_texts > 1) {
			w->n_texts--;
		} else if (!*t->at) {
			end(w);
			return;
		} else if (at_word(w)) {
			read_word(w);
			return;
		}
	}
}

void kafel_words_begin(struct kafel_words *w, const char *text)
{
	begin_text(w, text, NULL);
	kafel_step(w);
}

bool kafel_is(const struct kafel_words *w, const char *word)
{
	return (w->kind == KAFEL_NAME || w->kind == KAFEL_SIGN) &&
	       w->n == strlen(word) && !memcmp(w->word, word, w->n);
}

bool kafel_take(struct kafel_words *w, const char *word)
{
	if (!kafel_is(w, word))
		return false;
	kafel_step(w);
	return true;
}

bool kafel_expect(struct kafel_words *w, const char *word)
{
	char what[32];

	if (kafel_take(w, word))
		return !w->failed;
	snprintf(what, sizeof(what), "no '%s'", word);
	return kafel_refuse(w, what);
}

/* Keywords cannot be names. "ON" is a later keyword, which can still be one. */
static bool is_keyword(const struct kafel_words *w)
{
	static const char *const keywords[] = {
		"SYSCALL", "ALLOW", "LOG", "USER_NOTIF", "ERRNO",
		"KILL_PROCESS", "KILL_THREAD", "KILL", "DENY", "TRAP", "TRACE",
		"USE", "POLICY", "DEFAULT", "define",
	};

	for (size_t i = 0; i < N_ELEMENTS(keywords); i++)
		if (kafel_is(w, keywords[i]))
			return true;
	return false;
}

char *kafel_take_name(struct kafel_words *w, const char *what)
{
	char *name;

	if (w->kind != KAFEL_NAME || is_keyword(w)) {
		kafel_refuse(w, what);
		return NULL;
	}
	name = xasprintf("%.*s", (int)w->n, w->word);
	kafel_step(w);
	return name;
}

bool kafel_take_number(struct kafel_words *w, uint64_t *value)
{
	*value = w->number;
	if (w->kind != KAFEL_NUMBER)
		return kafel_refuse(w, "no number");
	kafel_step(w);
	return !w->failed;
}
