/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes one value in the text of a JSON object and leaves every other byte as
 * it is. (A JSON library would change numbers that are too large for it.)
 */
#ifndef JSON_SPLICE_H
#define JSON_SPLICE_H

#include <stddef.h>

/*
 * Returns a copy of the text, which the caller frees, with the JSON text
 * `value` at the place that `path` names. `path` is a list of member names and
 * ends with NULL; missing objects on the way are added. Returns NULL if the
 * text is not valid JSON, has a duplicate name, or has something other than an
 * object on the way.
 */
char *json_put(const char *text, const char *const *path, const char *value);
/* Does what json_put() does, but appends `value` to the array at that place. */
char *json_append(const char *text, const char *const *path,
		  const char *value);
/*
 * Does what json_put() does, but replaces an item of the array. Returns NULL if
 * there is no such item.
 */
char *json_put_item(const char *text, const char *const *path, size_t index,
		    const char *value);

#endif
