/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json-splice.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The functions below expect valid JSON. */

static const char *skip_space(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* Goes from the opening quotation mark to the byte after the closing one. */
static const char *skip_string(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : at;
}

static const char *skip_value(const char *at)
{
	size_t depth = 0;

	do {
		at = skip_space(at);
		if (*at == '"') {
			at = skip_string(at);
		} else if (*at && strchr("{[", *at)) {
			depth++;
			at++;
		} else if (*at && strchr("}]", *at)) {
			depth--;
			at++;
		} else if (*at && strchr(",:", *at)) {
			at++;
		} else {
			at += strcspn(at, "{}[],:\" \t\r\n");
		}
	} while (depth && *at);
	return at;
}

/*
 * Returns the value of the member with this name, or NULL if the object has no
 * such member.
 */
static const char *find_member(const char *object, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = skip_space(object + 1); *at == '"';
	     at = skip_space(at + 1)) {
		const char *end = skip_string(at);
		const char *value = skip_space(skip_space(end) + 1);

		if ((size_t)(end - at) == n + 2 && !strncmp(at + 1, name, n))
			return value;
		at = skip_space(skip_value(value));
		if (*at != ',')
			break;
	}
	return NULL;
}

static char *replace(const char *text, const char *start, const char *end,
		     const char *with)
{
	return xasprintf("%.*s%s%s", (int)(start - text), text, with, end);
}

/* Inserts before the closing bracket of an object or an array. */
static char *insert(const char *text, const char *container, const char *what)
{
	const char *last = skip_value(container) - 1;
	bool empty = skip_space(container + 1) == last;
	char *with = xasprintf("%s%s", empty ? "" : ",", what), *result;

	result = replace(text, last, last, with);
	free(with);
	return result;
}

/* Wraps the value in objects for the remaining names: {"b": {"c": VALUE}}. */
static char *nest(const char *const *path, const char *value)
{
	char *inner, *result;

	if (!*path)
		return xstrdup(value);
	inner = nest(path + 1, value);
	result = xasprintf("{\"%s\":%s}", *path, inner);
	free(inner);
	return result;
}

static char *add_member(const char *text, const char *object,
			const char *const *path, const char *value)
{
	char *inner = nest(path + 1, value), *result;
	char *member = xasprintf("\"%s\":%s", *path, inner);

	result = insert(text, object, member);
	free(member);
	free(inner);
	return result;
}

static char *splice(const char *text, const char *const *path,
		    const char *value, bool append)
{
	const char *at = skip_space(text), *next;
	char *list, *result;

	for (; *path; path++, at = next) {
		if (*at != '{')
			return NULL;
		next = find_member(at, *path);
		if (next)
			continue;
		list = xasprintf("%s%s%s", append ? "[" : "", value,
				 append ? "]" : "");
		result = add_member(text, at, path, list);
		free(list);
		return result;
	}
	if (!append)
		return replace(text, at, skip_value(at), value);
	return *at == '[' ? insert(text, at, value) : NULL;
}

/* Returns NULL if the array has too few items. */
static const char *find_item(const char *array, size_t index)
{
	const char *at = skip_space(array + 1);

	if (*at == ']')
		return NULL;
	for (; index; index--) {
		at = skip_space(skip_value(at));
		if (*at != ',')
			return NULL;
		at = skip_space(at + 1);
	}
	return at;
}

static char *splice_item(const char *text, const char *const *path,
			 size_t index, const char *value)
{
	const char *at = skip_space(text);

	for (; at && *path; path++)
		at = *at == '{' ? find_member(at, *path) : NULL;
	if (at)
		at = *at == '[' ? find_item(at, index) : NULL;
	return at ? replace(text, at, skip_value(at), value) : NULL;
}

/*
 * Also refuses duplicate names. We compare names byte by byte, so that a name
 * written with escapes would look new and be added a second time.
 */
static bool is_valid(const char *text)
{
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES |
				  JSON_DECODE_INT_AS_REAL, NULL);
	bool valid = json_is_object(json);

	json_decref(json);
	return valid;
}

/* Returns the result if it is valid JSON, and NULL otherwise. */
static char *checked(char *result)
{
	if (!result || is_valid(result))
		return result;
	free(result);
	return NULL;
}

char *json_put(const char *text, const char *const *path, const char *value)
{
	return is_valid(text) ? checked(splice(text, path, value, false)) :
		NULL;
}

char *json_append(const char *text, const char *const *path, const char *value)
{
	return is_valid(text) ? checked(splice(text, path, value, true)) :
		NULL;
}

char *json_put_item(const char *text, const char *const *path, size_t index,
		    const char *value)
{
	return is_valid(text) ?
		checked(splice_item(text, path, index, value)) : NULL;
}
