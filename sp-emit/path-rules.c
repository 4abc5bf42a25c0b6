/* SPDX-License-Identifier: Apache-2.0 */
#include "path-rules.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "pattern.h"

static const struct {
	const char *name;
	unsigned int rule;
} rule_names[] = {
	{ "pid", GENERAL_PID }, { "tmp", GENERAL_TMP },
	{ "hash", GENERAL_HASH }, { "date", GENERAL_DATE },
	{ "runs", GENERAL_RUNS }, { "version", GENERAL_VERSION },
	{ "usual", GENERAL_USUAL }, { "all", GENERAL_ALL }, { "none", 0 },
};
enum { N_RULES = sizeof(rule_names) / sizeof(rule_names[0]) };

bool general_parse(const char *list, unsigned int *rules)
{
	*rules = 0;
	while (list) {
		size_t length = strcspn(list, ","), i;

		for (i = 0; i < N_RULES; i++)
			if (strlen(rule_names[i].name) == length &&
			    !memcmp(rule_names[i].name, list, length))
				break;
		if (i == N_RULES)
			return false;
		*rules |= rule_names[i].rule;
		list = list[length] ? list + length + 1 : NULL;
	}
	return true;
}

void general_print(unsigned int rules, FILE *out)
{
	for (size_t i = 0; i < N_RULES && rule_names[i].rule != GENERAL_USUAL;
	     i++)
		if (rules & rule_names[i].rule)
			fprintf(out, "%s ", rule_names[i].name);
}

/*
 * Each of these functions returns the length of the match at the start of a
 * component, or 0.
 */

static size_t digits(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && isdigit((unsigned char)s[i]))
		i++;
	return i;
}

static size_t hexadecimal(const char *s, size_t n)
{
	size_t i = 0, numbers = 0;

	for (; i < n && (isdigit((unsigned char)s[i]) ||
			 (s[i] >= 'a' && s[i] <= 'f')); i++)
		numbers += isdigit((unsigned char)s[i]) != 0;
	return numbers ? i : 0;
}

/* Matches the form 8-4-4-4-12 of hexadecimal digits. */
static size_t uuid(const char *s, size_t n)
{
	static const size_t parts[] = { 8, 4, 4, 4, 12 };
	size_t at = 0;

	for (size_t i = 0; i < 5; i++) {
		for (size_t k = 0; k < parts[i]; k++, at++)
			if (at >= n || !isxdigit((unsigned char)s[at]))
				return 0;
		if (i < 4 && (at >= n || s[at++] != '-'))
			return 0;
	}
	return at;
}

static size_t hash(const char *s, size_t n)
{
	enum { HASH_MIN = 16 };
	size_t length = uuid(s, n);

	if (length)
		return length;
	length = hexadecimal(s, n);
	return length >= HASH_MIN ? length : 0;
}

static int number(const char *s, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++)
		value = 10 * value + (s[i] - '0');
	return value;
}

static bool is_date(const char *year, const char *month, const char *day)
{
	int m = number(month, 2), d = number(day, 2), y = number(year, 4);

	return y >= 1970 && y < 2100 && m >= 1 && m <= 12 && d >= 1 && d <= 31;
}

/* Matches a date, and a time after it: digits and the usual separators. */
static size_t date(const char *s, size_t n)
{
	size_t length = 0;

	if (digits(s, n) == 4 && n >= 10 && s[4] == '-' && s[7] == '-' &&
	    digits(s + 5, 2) == 2 && digits(s + 8, 2) == 2 &&
	    is_date(s, s + 5, s + 8))
		length = 10;
	else if ((digits(s, n) == 8 || digits(s, n) >= 12) &&
		 is_date(s, s + 4, s + 6))
		length = digits(s, n);
	while (length && length + 1 < n && strchr("-_T:.", s[length]) &&
	       isdigit((unsigned char)s[length + 1]))
		length += 1 + digits(s + length + 1, n - length - 1);
	return length;
}

/*
 * Matches versions such as 1.2 and 1.2.3, also with a letter or a revision:
 * 1.1.1n, 1.2-3.
 */
static size_t version(const char *s, size_t n)
{
	size_t length = digits(s, n), next;

	if (!length || length + 1 >= n || s[length] != '.' ||
	    !digits(s + length + 1, n - length - 1))
		return 0;
	while (length + 1 < n && strchr(".-+~_", s[length])) {
		next = digits(s + length + 1, n - length - 1);
		if (!next)
			break;
		length += 1 + next;
	}
	if (length < n && islower((unsigned char)s[length]) &&
	    (length + 1 == n || !isalnum((unsigned char)s[length + 1])))
		length++;
	return length;
}

struct rewriting {
	is_made *made;
	const void *arg;
	const char *path;	/* the original path */
	char *to;
	unsigned int rules, used;
};

/*
 * Finds the random part of a name. Only names of files and directories that the
 * run itself created count.
 */
static struct name_part made_up(const struct rewriting *r, const char *name,
				size_t n)
{
	enum making making = MADE;

	return r->rules & GENERAL_TMP &&
		r->made(r->arg, r->path, name + n - r->path, &making) ?
		random_part(name, n, making) : (struct name_part){ n, 0 };
}

static void put_any(struct rewriting *r, unsigned int rule)
{
	*r->to++ = PATTERN_ANY;
	r->used |= rule;
}

static bool is_start(const char *s, const char *component)
{
	return s == component || !isalnum((unsigned char)s[-1]);
}

/*
 * Rewrites the random part of a component; the component is between S and END.
 */
static void rewrite_part(struct rewriting *r, const char *component,
			 const char *s, const char *end)
{
	while (s < end) {
		size_t left = end - s, length = 0;
		unsigned int rule = GENERAL_DATE;

		if (r->rules & GENERAL_DATE && is_start(s, component))
			length = date(s, left);
		if (!length && r->rules & GENERAL_HASH &&
		    is_start(s, component)) {
			length = hash(s, left);
			rule = GENERAL_HASH;
		}
		if (!length && r->rules & GENERAL_VERSION &&
		    (s == component || !isdigit((unsigned char)s[-1]))) {
			length = version(s, left);
			rule = GENERAL_VERSION;
		}
		if (length)
			put_any(r, rule);
		else
			*r->to++ = *s;
		s += length ? length : 1;
	}
}

static void rewrite_component(struct rewriting *r, const char *s, size_t n,
			      bool is_pid)
{
	struct name_part part;

	if (is_pid && r->rules & GENERAL_PID && n && digits(s, n) == n) {
		put_any(r, GENERAL_PID);
		return;
	}
	part = made_up(r, s, n);
	if (!part.size)
		part.at = n;
	rewrite_part(r, s, s, s + part.at);
	if (part.size)
		put_any(r, GENERAL_TMP);
	rewrite_part(r, s, s + part.at + part.size, s + n);
}

char *generalize(const char *path, unsigned int rules, is_made *made,
		 const void *arg, unsigned int *used)
{
	bool in_proc = !strncmp(path, "/proc/", strlen("/proc/"));
	bool in_pts = !strncmp(path, "/dev/pts/", strlen("/dev/pts/"));
	char *text = xcalloc(strlen(path) + 1, 1);
	struct rewriting r = {
		.made = made, .arg = arg, .path = path, .to = text,
		.rules = rules,
	};

	/*
	 * In "/proc/12/task/13/x", the second and the fourth component can be
	 * ids of tasks. The numbers of terminals also depend on the run.
	 */
	for (size_t i = 0; *path; i++) {
		size_t n;

		while (*path == '/')
			*r.to++ = *path++;
		n = strcspn(path, "/");
		rewrite_component(&r, path, n,
				  in_proc ? i == 1 || i == 3 :
				  in_pts && i == 2);
		path += n;
	}
	*used = r.used;
	return text;
}

char *path_without_numbers(const char *path)
{
	char *shape = xcalloc(strlen(path) + 1, 1), *to = shape;
	bool any = false;

	while (*path) {
		size_t n = digits(path, strlen(path));

		*to++ = n ? PATTERN_ANY : *path;
		any |= n != 0;
		path += n ? n : 1;
	}
	if (any)
		return shape;
	free(shape);
	return NULL;
}
