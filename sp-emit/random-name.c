/* SPDX-License-Identifier: Apache-2.0 */
#include "random-name.h"

#include <ctype.h>
#include <string.h>

enum {
	/* the number of X in a template of mkstemp(3) */
	SUFFIX = 6,
	/* the longest extension after the random part, with mkstemps(3) */
	EXTENSION_MAX = 8,
	/* random characters in Python: lower-case letters, digits and _ */
	PYTHON_SUFFIX = 8,
	/* digits of a random number below 2^32; one in 400 has fewer */
	GO_SUFFIX = 8,
};

/*
 * Some programs write these words before that many random characters. Such a
 * name counts as random whatever its characters are.
 */
static const struct {
	const char *prefix;
	size_t made_up;
} templates[] = {
	/* ln -f and similar commands of coreutils */
	{ "Cu", 6 },
	{ "sort", 6 }, { "sed", 6 },
	{ "tmp.", 10 },			/* mktemp(1) */
	/* Python's tempfile, which also uses _ */
	{ "tmp", 8 },
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

/* The letters and digits at the end of a name, counted by kind. */
struct ending {
	size_t size, numbers, small, large;
	bool capital;		/* whether the first is a capital letter */
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

/* Whether it is a word and a number, as in the chosen name "key2048". */
static bool is_numbered_word(const char *s, size_t n, const struct ending *e)
{
	size_t size = digits_at_end(s, n);
	struct ending word = *e;

	word.size -= size;
	word.numbers -= size;
	return size && word.size && is_word(&word);
}

/* Whether it has one capital between lower-case letters, as in "userToken". */
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

/*
 * Whether people could have chosen the name. mkstemp(3) can also generate such
 * a name by chance.
 */
static bool looks_chosen(const char *s, size_t n, const struct ending *e)
{
	return e->numbers == e->size || is_word(e) ||
		is_numbered_word(s, n, e) || is_two_words(s, n, e);
}

/*
 * Returns the length of a random end of any file's name. A single word without
 * digits does not count, even with a capital at its start.
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

/*
 * For Python: `_` is one of its random characters, but chosen names also have
 * it.
 */
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

/*
 * Whether the name has other characters before the random part. A hidden name
 * of one word, such as ".config", has none.
 */
static bool follows_something(const char *s, size_t n, size_t size)
{
	return n > size + (*s == '.');
}

/*
 * Returns the length of the random end in the name of a file that was created
 * as mkstemp(3) creates files, or 0. Names that somebody may have chosen do not
 * count: otherwise app.sqlite, a file that a service keeps, would put app.*
 * into its policy. If the file was removed again, every ending that mkstemp(3)
 * can generate counts.
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
