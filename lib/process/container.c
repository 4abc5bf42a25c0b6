/* SPDX-License-Identifier: Apache-2.0 */
#include "process/container.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "process/capture.h"

static bool is_pid(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= 0 &&
		json_integer_value(value) <= INT_MAX;
}

static bool is_text(const json_t *value, const char *text)
{
	return json_is_string(value) && !strcmp(json_string_value(value), text);
}

/* runc state and crun state print the one, inspect a list of the other. */
static bool parse_state(json_t *json, struct container *c)
{
	json_t *one = json_is_array(json) ? json_array_get(json, 0) : json;
	json_t *pid = json_object_get(one, "pid");
	json_t *id = json_object_get(one, "id");
	json_t *status = json_object_get(one, "status");

	if (json_is_array(json)) {
		json_t *state = json_object_get(one, "State");

		pid = json_object_get(state, "Pid");
		id = json_object_get(one, "Id");
		status = json_object_get(state, "Status");
	}
	if (!is_pid(pid) || !json_is_string(id))
		return false;
	c->pid = json_integer_value(pid);
	c->id = xstrdup(json_string_value(id));
	c->is_created = is_text(status, "created") ||
		is_text(status, "initialized");
	return true;
}

/* What a command prints, as JSON; NULL also when it fails. */
static json_t *run_json_command(char **argv)
{
	char *text = capture_output(argv);
	json_t *json = text ? json_loads(text, JSON_DISABLE_EOF_CHECK, NULL) :
		NULL;

	free(text);
	return json;
}

static const struct engine {
	const char *name, *verb;
} engines[] = {
	{ "runc", "state" },
	{ "crun", "state" },
	{ "podman", "inspect" },
	{ "docker", "inspect" },
};
enum { N_ENGINES = sizeof(engines) / sizeof(engines[0]) };

static bool ask_engine(const struct engine *e, const char *name,
		       struct container *c)
{
	char *argv[] = {
		(char *)e->name, (char *)e->verb, (char *)name, NULL,
	};
	json_t *json = run_json_command(argv);
	bool known = json && parse_state(json, c);

	json_decref(json);
	return known;
}

bool container_find(const char *name, struct container *c)
{
	for (size_t i = 0; *name != '-' && i < N_ENGINES; i++)
		if (ask_engine(&engines[i], name, c)) {
			c->engine = engines[i].name;
			return true;
		}
	return false;
}
