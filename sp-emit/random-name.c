/* SPDX-License-Identifier: Apache-2.0 */
#include "random-name.h"

#include <ctype.h>
#include <string.h>

enum {
	SUFFIX = 6,		/* the X of mkstemp(3) */
	EXTENSION_MAX = 8,	/* that follows them with mkstemps(3) */
	PYTHON_SUFFIX = 8,	/* small letters, digits and _ */
	GO_SUFFIX = 8,		/* digits of a number below 2^32: of one name in
				   400, fewer */
};

/*
 * What programs put in front of random characters, and how many of these
 * follow: such a name is random whatever the characters are.
 */
static const struct {
	const char *prefix;
	size_t made_up;
} templates[] = {
	{ "Cu", 6 },			/* ln -f and its like, of coreutils */
	{ "sort", 6 }, { "sed", 6 },
	{ "tmp.", 10 },			/* mktemp(1) */
	{ "tmp", 8 },			/* Python's tempfile, with _ too */
};

static bool is_word_character(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t template_suffix(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++) {
		size_t start = strlen(templates[i].prefix), at = start;

		if (n != start + templates[i].made_up ||
		    strncmp(s, templates[i].prefix, start))
			continue;
		while (at < n && is_word_character(s[at]))
			at++;
		if (at == n)
			return n - start;
	}
	return 0;
}

/* The run of letters and digits at the end of a name. */
struct ending {
	size_t size, numbers, small, large;
	bool capital;		/* the first one is a capital letter */
};

static struct ending ending_of(const char *s, size_t n)
{
	struct ending e = { 0 };

	while (n && isalnum((unsigned char)s[n - 1])) {
		n--;
		e.size++;
		e.numbers += isdigit((unsigned char)s[n]) != 0;
		e.small += islower((unsigned char)s[n]) != 0;
		e.large += isupper((unsigned char)s[n]) != 0;
		e.capital = isupper((unsigned char)s[n]);
	}
	return e;
}

static bool is_word(const struct ending *e)
{
	return !e->numbers && (!e->large || !e->small ||
			       (e->large == 1 && e->capital));
}

static size_t digits_at_end(const char *s, size_t n)
{
	size_t size = 0;

	while (size < n && isdigit((unsigned char)s[n - 1 - size]))
		size++;
	return size;
}

/* A word and a number that people put after it: key2048. */
static bool is_numbered_word(const char *s, size_t n, const struct ending *e)
{
	size_t size = digits_at_end(s, n);
	struct ending word = *e;

	word.size -= size;
	word.numbers -= size;
	return size && word.size && is_word(&word);
}

/* One capital between small letters: userToken. */
static bool is_two_words(const char *s, size_t n, const struct ending *e)
{
	enum { PART_MIN = 3 };
	size_t first = 0;

	if (e->numbers || e->large != 1)
		return false;
	for (s += n - e->size; islower((unsigned char)s[first]); first++)
		;
	return first >= PART_MIN && e->size - first >= PART_MIN;
}

/* What people call files by: a name of mkstemp(3) can look like that by chance. */
static bool looks_chosen(const char *s, size_t n, const struct ending *e)
{
	return e->numbers == e->size || is_word(e) ||
		is_numbered_word(s, n, e) || is_two_words(s, n, e);
}

/*
 * For names of any kind: not the letters of a word, which has one capital and
 * no digit.
 */
static size_t likely_suffix(const char *s, size_t n)
{
	struct ending e = ending_of(s, n);

	if (e.size > SUFFIX + 2 && !strncmp(s + n - e.size, "tmp", 3))
		e.size -= 3;
	return e.size >= SUFFIX && e.small && e.large + e.numbers > 1 &&
		!is_numbered_word(s, n, &e) &&
		(e.size < n || e.numbers) ? e.size : 0;
}

/* Python's: `_` is one of its characters, and of a chosen name's as well. */
static bool has_python_suffix(const char *s, size_t n)
{
	size_t at = n, numbers = 0, at_end = digits_at_end(s, n);

	while (at && (islower((unsigned char)s[at - 1]) || s[at - 1] == '_' ||
		      isdigit((unsigned char)s[at - 1]))) {
		at--;
		numbers += isdigit((unsigned char)s[at]) != 0;
	}
	return n - at == PYTHON_SUFFIX && numbers > at_end &&
		(!at || !is_word_character(s[at - 1]));
}

/* A hidden name of one word, ".config", has nothing in front of the word. */
static bool follows_something(const char *s, size_t n, size_t size)
{
	return n > size + (*s == '.');
}

/*
 * The length of a random end of a name that was made like a temporary file's;
 * 0: it has none. Names that somebody may have chosen have none, so that a file
 * that a service keeps, app.sqlite, does not give its policy app.*; a file that
 * was removed counts as temporary if its name ends as those of mkstemp(3) do.
 */
static size_t private_suffix(const char *s, size_t n, enum making making,
			     bool at_end)
{
	struct ending e = ending_of(s, n);
	size_t digits = digits_at_end(s, n);

	if (digits >= GO_SUFFIX && s[n - digits] != '0')
		return digits;
	if (has_python_suffix(s, n))
		return PYTHON_SUFFIX;
	if (e.size < SUFFIX)
		return 0;
	if (making == MADE_LIKE_ANOTHER || !looks_chosen(s, n, &e))
		return e.size;
	return making == MADE_AND_REMOVED && at_end && e.size == SUFFIX &&
		follows_something(s, n, e.size) ? e.size : 0;
}

static size_t any_suffix(const char *s, size_t n, enum making making,
			 bool at_end)
{
	size_t size = template_suffix(s, n);

	if (!size)
		size = likely_suffix(s, n);
	return size || making == MADE ? size :
		private_suffix(s, n, making, at_end);
}

struct name_part random_part(const char *name, size_t n, enum making making)
{
	size_t end = n, size = any_suffix(name, n, making, true);

	if (!size && making != MADE) {
		while (end && isalnum((unsigned char)name[end - 1]))
			end--;
		if (!end || name[end - 1] != '.' || n - end > EXTENSION_MAX)
			return (struct name_part){ 0, 0 };
		end--;
		size = any_suffix(name, end, making, false);
	}
	return (struct name_part){ end - size, size };
}
