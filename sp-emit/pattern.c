/* SPDX-License-Identifier: Apache-2.0 */
#include "pattern.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "kernel/path.h"

/*
 * This is added to an escaped byte. The result is neither a letter nor a digit,
 * so no rule matches it.
 */
enum { ESCAPED = 2 };

char *path_parent(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !slash || slash == path ? xstrdup("/") :
		xasprintf("%.*s", (int)(slash - path), path);
}

char *pattern_of(const char *path)
{
	char *pattern = xcalloc(2 * strlen(path) + 1, 1), *to = pattern;

	for (; *path; path++) {
		bool looks = *path == PATTERN_ANY || *path == PATTERN_ESCAPE;

		if (looks)
			*to++ = PATTERN_ESCAPE;
		*to++ = *path + (looks ? ESCAPED : 0);
	}
	return pattern;
}

int pattern_next(const char **pattern)
{
	const char *at = *pattern;

	if (!*at)
		return 0;
	*pattern += 1 + (*at == PATTERN_ESCAPE);
	return *at == PATTERN_ANY ? -1 : *at == PATTERN_ESCAPE ?
		at[1] - ESCAPED : (unsigned char)*at;
}

bool pattern_is_path(const char *pattern)
{
	return !strchr(pattern, PATTERN_ANY);
}

char *pattern_path(const char *pattern)
{
	char *path = xcalloc(strlen(pattern) + 1, 1), *to = path;
	int c;

	while ((c = pattern_next(&pattern)) > 0)
		*to++ = c;
	if (!c)
		return path;
	free(path);
	return NULL;
}

char *pattern_literal(const char *pattern)
{
	const char *any = strchr(pattern, PATTERN_ANY);
	char *start, *literal;

	if (!any)
		return xstrdup(pattern);
	start = xasprintf("%.*s", (int)(any - pattern), pattern);
	literal = path_parent(start);
	free(start);
	return literal;
}

bool path_is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return !strcmp(directory, "/") ||
		(!strncmp(path, directory, n) && (!path[n] || path[n] == '/'));
}

char *path_shorter_version(const char *path)
{
	const char *name = strrchr(path, '/');
	const char *suffix = name ? strstr(name, ".so.") : NULL;
	const char *dot = strrchr(path, '.');

	if (!suffix || dot <= suffix + 3 ||
	    !isdigit((unsigned char)suffix[strlen(".so.")]))
		return NULL;
	return xasprintf("%.*s", (int)(dot - path), path);
}

char *pattern_text(const char *pattern)
{
	char *text = NULL;
	int c;

	while ((c = pattern_next(&pattern))) {
		size_t n = 0;
		char *part, *escaped, run[PATH_FACT_MAX + 1];

		for (; c > 0 && n < PATH_FACT_MAX; c = pattern_next(&pattern))
			run[n++] = c;
		run[n] = '\0';
		part = path_escape(run);
		escaped = c < 0 ? xasprintf("%s*", part) : xstrdup(part);
		text_append(&text, "", escaped);
		free(escaped);
		free(part);
		if (!c)
			break;
	}
	return text ? text : xstrdup("");
}
