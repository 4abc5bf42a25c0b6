/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the part of YAML that Kubernetes accepts in place of JSON: documents
 * without aliases and tags. They become JSON values, which the reader of JSON
 * then reads.
 */
#include "profile/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/memory.h"

enum {
	/* in bytes; objects of Kubernetes are smaller */
	TEXT_MAX = 1 << 20,
	DEPTH_MAX = 16,
	DOCUMENTS_MAX = 256,
};

struct builder {
	struct reader *reader;
	/* an array of the documents that are complete */
	json_t *documents;
	struct level {
		json_t *value;	/* an array or object that is still open */
		/* in an object: the key whose value comes next */
		char *key;
	} levels[DEPTH_MAX];
	size_t depth;
	bool done;		/* the document has ended */
};

static bool is_key_next(const struct builder *b)
{
	const struct level *top = b->depth ? &b->levels[b->depth - 1] : NULL;

	return top && json_is_object(top->value) && !top->key;
}

/*
 * Takes ownership of `value`. Empty documents, as after a last "---", are
 * dropped.
 */
static bool put_document(struct builder *b, json_t *value)
{
	if (json_is_null(value)) {
		json_decref(value);
		return true;
	}
	json_array_append_new(b->documents, value);
	return json_array_size(b->documents) <= DOCUMENTS_MAX ||
	       refuse(b->reader, "more than %d documents", DOCUMENTS_MAX);
}

/* Takes ownership of `value`. */
static bool put(struct builder *b, json_t *value)
{
	struct level *top = b->depth ? &b->levels[b->depth - 1] : NULL;

	if (!value)
		return refuse(b->reader, "no UTF-8");
	if (!top)
		return put_document(b, value);
	if (json_is_array(top->value))
		return !json_array_append_new(top->value, value);
	json_object_set_new(top->value, top->key, value);
	free(top->key);
	top->key = NULL;
	return true;
}

static bool put_key(struct builder *b, const char *text)
{
	struct level *top = &b->levels[b->depth - 1];

	if (json_object_get(top->value, text))
		return refuse(b->reader, "%s: twice", text);
	top->key = xstrdup(text);
	return true;
}

/*
 * Returns an unquoted value: null, true, false, an integer, or otherwise a
 * string. Integers are stored as by json_fold_integers(): a negative one stands
 * for 2^63 or more.
 */
static json_t *plain_value(const char *text)
{
	char *end;
	unsigned long long number;

	if (!*text || !strcmp(text, "~") || !strcmp(text, "null"))
		return json_null();
	if (!strcmp(text, "true") || !strcmp(text, "false"))
		return json_boolean(*text == 't');
	errno = 0;
	number = strtoull(text, &end, 0);
	if (end == text || *end)
		return json_string(text);
	return errno || strchr(text, '-') ? json_real(-1) :
					    json_integer(number);
}

static bool put_scalar(struct builder *b, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;

	if (event->data.scalar.tag)
		return refuse(b->reader, "a tag");
	if (strlen(text) != event->data.scalar.length)
		return refuse(b->reader, "a string with a NUL");
	if (is_key_next(b))
		return put_key(b, text);
	return put(b, event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ?
		   plain_value(text) : json_string(text));
}

static bool begin(struct builder *b, const yaml_char_t *tag, json_t *value)
{
	bool ok = true;

	if (tag)
		ok = refuse(b->reader, "a tag");
	else if (is_key_next(b))
		ok = refuse(b->reader, "a key that is no string");
	else if (b->depth == DEPTH_MAX)
		ok = refuse(b->reader, "nested deeper than %d", DEPTH_MAX);
	if (!ok) {
		json_decref(value);
		return false;
	}
	b->levels[b->depth++] = (struct level){ value, NULL };
	return true;
}

static bool end(struct builder *b)
{
	return put(b, b->levels[--b->depth].value);
}

static bool take_event(struct builder *b, const yaml_event_t *event)
{
	b->reader->line = event->start_mark.line + 1;
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return put_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
		return begin(b, event->data.sequence_start.tag, json_array());
	case YAML_MAPPING_START_EVENT:
		return begin(b, event->data.mapping_start.tag, json_object());
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return end(b);
	case YAML_ALIAS_EVENT:
		return refuse(b->reader, "an alias");
	case YAML_STREAM_END_EVENT:
		b->done = true;
		return true;
	default:
		return true;
	}
}

static bool build(struct builder *b, yaml_parser_t *parser)
{
	yaml_event_t event;
	bool ok = true;

	while (ok && !b->done) {
		if (!yaml_parser_parse(parser, &event)) {
			b->reader->line = parser->problem_mark.line + 1;
			return refuse(b->reader, "%s", parser->problem ?:
				      "no YAML");
		}
		ok = take_event(b, &event);
		yaml_event_delete(&event);
	}
	b->reader->line = 0;
	return ok && (json_array_size(b->documents) ||
		      refuse(b->reader, "empty"));
}

static void builder_free(struct builder *b)
{
	while (b->depth--) {
		json_decref(b->levels[b->depth].value);
		free(b->levels[b->depth].key);
	}
	json_decref(b->documents);
}

json_t *yaml_documents(struct reader *r, const char *text, size_t n)
{
	struct builder b = { .reader = r };
	json_t *documents = NULL;
	yaml_parser_t parser;

	if (n > TEXT_MAX) {
		refuse(r, "more than %d MiB of YAML", TEXT_MAX >> 20);
		return NULL;
	}
	if (!yaml_parser_initialize(&parser)) {
		refuse(r, "out of memory");
		return NULL;
	}
	b.documents = json_array();
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
	if (build(&b, &parser))
		documents = json_incref(b.documents);
	yaml_parser_delete(&parser);
	builder_free(&b);
	return documents;
}

bool read_yaml(struct reader *r, char *text, size_t n)
{
	json_t *documents = yaml_documents(r, text, n);
	bool ok = documents && read_documents(r, documents);

	json_decref(documents);
	return ok;
}
