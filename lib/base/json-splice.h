/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes one value in the text of a JSON object and leaves every other byte as
 * it is: a program's numbers can be too large for a JSON library.
 */
#ifndef JSON_SPLICE_H
#define JSON_SPLICE_H

#include <stddef.h>

/*
 * The text with `value`, which is JSON, at the place that the names in `path`
 * (NULL at the end) lead to; missing objects on the way are added. Heap, or
 * NULL: the text is not valid JSON, has a name twice, or has something other
 * than objects on the way.
 */
char *json_put(const char *text, const char *const *path, const char *value);
/* The same, but `value` is appended to the array at that place. */
char *json_append(const char *text, const char *const *path,
		  const char *value);
/* The same, but `value` takes the place of an item of the array; NULL: none such. */
char *json_put_item(const char *text, const char *const *path, size_t index,
		    const char *value);

#endif
