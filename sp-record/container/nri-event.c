/* SPDX-License-Identifier: Apache-2.0 */
#include "nri-event.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	CONFIGURE_NAME = 2, CONFIGURE_VERSION = 3, CONFIGURE_TIMEOUT = 5,
	CHANGE_EVENT = 1, CHANGE_POD = 2, CHANGE_CONTAINER = 3,
	START_POD = 1, START_CONTAINER = 2,
	POD_NAME = 2, POD_NAMESPACE = 4,
	CONTAINER_ID = 1, CONTAINER_NAME = 3, CONTAINER_ARGS = 7,
	CONTAINER_PID = 12,
	LABELS = 5, ANNOTATIONS = 6,	/* fields of containers and of pods */
	MAP_KEY = 1, MAP_VALUE = 2,
	REGISTER_NAME = 1, REGISTER_INDEX = 2,
	EVENTS = 2,
	SYNCHRONIZE_MORE = 3, SYNCHRONIZED_MORE = 2,
};

/* Sets a text. An empty one counts as missing. */
static void set_text(char **to, const struct protobuf_field *field)
{
	free(*to);
	*to = protobuf_text(field);
	if (*to && !**to) {
		free(*to);
		*to = NULL;
	}
}

bool nri_configure_read(struct nri_runtime *r, struct protobuf message)
{
	struct protobuf_field field;

	*r = (struct nri_runtime){ 0 };
	while (protobuf_next(&message, &field)) {
		if (field.number == CONFIGURE_NAME)
			set_text(&r->name, &field);
		else if (field.number == CONFIGURE_VERSION)
			set_text(&r->version, &field);
		else if (field.number == CONFIGURE_TIMEOUT)
			r->timeout_ms = field.value;
	}
	return !message.malformed;
}

void nri_runtime_free(struct nri_runtime *r)
{
	free(r->name);
	free(r->version);
	*r = (struct nri_runtime){ 0 };
}

/* Reads an entry of a map<string, string>. */
static bool read_entry(json_t *map, struct protobuf entry)
{
	struct protobuf_field field;
	char *key = NULL, *value = NULL;

	while (protobuf_next(&entry, &field)) {
		if (field.number == MAP_KEY)
			set_text(&key, &field);
		else if (field.number == MAP_VALUE)
			set_text(&value, &field);
	}
	/* leaves out texts that are not UTF-8 */
	if (!entry.malformed && key)
		json_object_set_new(map, key, json_string(value ? value : ""));
	free(key);
	free(value);
	return !entry.malformed;
}

/*
 * The annotations and labels of a container or a pod. Annotations take
 * precedence, because labels cannot hold every text.
 */
struct maps {
	json_t *labels, *annotations;
};

static bool read_map(struct maps *maps, const struct protobuf_field *field)
{
	if (field->number == LABELS && field->has_bytes)
		return read_entry(maps->labels, field->bytes);
	if (field->number == ANNOTATIONS && field->has_bytes)
		return read_entry(maps->annotations, field->bytes);
	return true;
}

static bool read_pod(struct subject *s, struct maps *maps, struct protobuf pod)
{
	struct protobuf_field field;
	bool ok = true;

	while (ok && protobuf_next(&pod, &field)) {
		if (field.number == POD_NAME)
			set_text(&s->pod, &field);
		else if (field.number == POD_NAMESPACE)
			set_text(&s->namespace, &field);
		else
			ok = read_map(maps, &field);
	}
	return ok && !pod.malformed;
}

/* Adds a word of the command, unless it is not UTF-8. */
static void add_arg(struct subject *s, const struct protobuf_field *field)
{
	char *text = protobuf_text(field);

	if (text)
		json_array_append_new(s->args, json_string(text));
	free(text);
}

static bool read_container(struct subject *s, struct maps *maps,
			   struct protobuf container)
{
	struct protobuf_field field;
	bool ok = true;

	while (ok && protobuf_next(&container, &field)) {
		if (field.number == CONTAINER_ID)
			set_text(&s->id, &field);
		else if (field.number == CONTAINER_NAME)
			set_text(&s->name, &field);
		else if (field.number == CONTAINER_ARGS)
			add_arg(s, &field);
		else if (field.number == CONTAINER_PID)
			s->pid = field.value <= INT32_MAX ? field.value : 0;
		else
			ok = read_map(maps, &field);
	}
	return ok && !container.malformed;
}

static struct maps new_maps(void)
{
	return (struct maps){ json_object(), json_object() };
}

/*
 * Adds the container's own entries, and those of its pod that it does not have.
 */
static void merge(struct subject *s, const struct maps *own,
		  const struct maps *pods)
{
	json_object_update(s->labels, own->labels);
	json_object_update_missing(s->labels, pods->labels);
	json_object_update(s->annotations, own->annotations);
	json_object_update_missing(s->annotations, own->labels);
	json_object_update_missing(s->annotations, pods->annotations);
	json_object_update_missing(s->annotations, pods->labels);
}

static void free_maps(struct maps *maps)
{
	json_decref(maps->labels);
	json_decref(maps->annotations);
}

bool nri_event_read(struct subject *s, uint32_t *event, bool is_state_change,
		    struct protobuf message)
{
	const uint32_t pod = is_state_change ? CHANGE_POD : START_POD;
	const uint32_t container = is_state_change ? CHANGE_CONTAINER :
		START_CONTAINER;
	struct maps own = new_maps(), pods = new_maps();
	struct protobuf_field field;
	bool ok = true;

	*s = (struct subject){
		.annotations = json_object(), .labels = json_object(),
		.args = json_array(),
	};
	*event = is_state_change ? 0 : NRI_START_CONTAINER;
	while (ok && protobuf_next(&message, &field)) {
		if (is_state_change && field.number == CHANGE_EVENT)
			*event = field.value;
		else if (field.number == pod && field.has_bytes)
			ok = read_pod(s, &pods, field.bytes);
		else if (field.number == container && field.has_bytes)
			ok = read_container(s, &own, field.bytes);
	}
	ok = ok && !message.malformed;
	merge(s, &own, &pods);
	free_maps(&own);
	free_maps(&pods);
	if (ok)
		subject_complete(s);
	else
		subject_free(s);
	return ok;
}

struct protobuf_out nri_registration(void)
{
	struct protobuf_out out = { 0 };

	protobuf_put_text(&out, REGISTER_NAME, "sandprint");
	/* With a high index, the plugin runs after most others. */
	protobuf_put_text(&out, REGISTER_INDEX, "90");
	return out;
}

struct protobuf_out nri_subscription(void)
{
	struct protobuf_out out = { 0 };

	protobuf_put_number(&out, EVENTS, 1U << (NRI_START_CONTAINER - 1));
	return out;
}

struct protobuf_out nri_synchronized(struct protobuf request)
{
	struct protobuf_out out = { 0 };
	struct protobuf_field field;
	bool more = false;

	while (protobuf_next(&request, &field))
		if (field.number == SYNCHRONIZE_MORE)
			more = field.value;
	if (more)
		protobuf_put_number(&out, SYNCHRONIZED_MORE, 1);
	return out;
}
