/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Change one value in the text of a JSON object and leave every other byte as
 * it is: other programs' numbers can be beyond those of a JSON library.
 */
#ifndef JSON_SPLICE_H
#define JSON_SPLICE_H

/*
 * The text with `value`, which is JSON, at the place that the names in `path`
 * (NULL at the end) lead to; objects on the way that are missing are made. Heap,
 * or NULL: the text is not valid JSON, has a name twice, or has something other
 * than objects on the way.
 */
char *json_put(const char *text, const char *const *path, const char *value);
/* The same, but `value` is added to the end of the array that is there. */
char *json_append(const char *text, const char *const *path,
		  const char *value);

#endif
