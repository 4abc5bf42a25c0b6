/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a value into the text of a JSON object. No other text may change. */
#include <jansson.h>
#include <stdbool.h>

#include "base/json-splice.h"
#include "fuzz.h"

static json_t *parse(const char *text)
{
	return json_loads(text, JSON_REJECT_DUPLICATES |
			  JSON_DECODE_INT_AS_REAL, NULL);
}

/*
 * Returns the member `name` of the object, which is created if it is missing.
 */
static json_t *enter(json_t *object, const char *name)
{
	if (!json_object_get(object, name))
		json_object_set_new(object, name, json_object());
	return json_object_get(object, name);
}

static void check(const char *text, const char *changed, bool append)
{
	json_t *was = parse(text), *is = parse(changed);
	json_t *outer = enter(was, "a"), *list;

	if (append) {
		list = json_object_get(outer, "b");
		if (!list)
			json_object_set_new(outer, "b", list = json_array());
		json_array_append_new(list, json_real(1));
	} else {
		json_object_set_new(outer, "b", json_real(1));
	}
	if (!is || !json_equal(was, is))
		abort();
	json_decref(was);
	json_decref(is);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const path[] = { "a", "b", NULL };
	char *text = fuzz_text(data, size);
	char *put = json_put(text, path, "1");
	char *added = json_append(text, path, "1");
	char *item = json_put_item(text, path, size % 4, "1");

	if (put)
		check(text, put, false);
	if (added)
		check(text, added, true);
	free(put);
	free(added);
	free(item);
	free(text);
	return 0;
}
