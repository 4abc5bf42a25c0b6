/* SPDX-License-Identifier: Apache-2.0 */
#include "process/container.h"

#include <jansson.h>
#include <limits.h>
#include <stddef.h>
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

static void take(char **to, const json_t *value)
{
	if (!*to && json_is_string(value) && *json_string_value(value))
		*to = xstrdup(json_string_value(value));
}

/*
 * Reads the output of `docker inspect` or `podman inspect`. docker puts a slash
 * before the name.
 */
static void take_names(struct container *c, const json_t *one)
{
	const json_t *name = json_object_get(one, "Name");

	take(&c->name, name);
	if (c->name && *c->name == '/')
		memmove(c->name, c->name + 1, strlen(c->name));
	take(&c->image, json_object_get(one, "ImageName"));
	take(&c->image, json_object_get(json_object_get(one, "Config"),
					"Image"));
	take(&c->pod, json_object_get(one, "Pod"));
}

void container_take_annotations(struct container *c, const json_t *annotations)
{
	static const struct {
		const char *key;
		size_t at;
	} rows[] = {
		{ "io.kubernetes.cri.container-name",
		  offsetof(struct container, name) },
		{ "io.kubernetes.container.name",
		  offsetof(struct container, name) },
		{ "io.kubernetes.cri.image-name",
		  offsetof(struct container, image) },
		{ "io.kubernetes.cri-o.ImageName",
		  offsetof(struct container, image) },
		{ "io.kubernetes.cri.sandbox-name",
		  offsetof(struct container, pod) },
		{ "io.kubernetes.pod.name", offsetof(struct container, pod) },
		{ "io.kubernetes.cri.sandbox-namespace",
		  offsetof(struct container, namespace) },
		{ "io.kubernetes.pod.namespace",
		  offsetof(struct container, namespace) },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		take((char **)((char *)c + rows[i].at),
		     json_object_get(annotations, rows[i].key));
}

void container_free(struct container *c)
{
	free(c->id);
	free(c->name);
	free(c->image);
	free(c->pod);
	free(c->namespace);
	free(c->args);
	free(c->cwd);
	free(c->others);
}

void container_take_process(struct container *c, const json_t *config)
{
	const json_t *process = json_object_get(config, "process");
	const json_t *args = json_object_get(process, "args");

	take(&c->cwd, json_object_get(process, "cwd"));
	if (!c->args && json_array_size(args))
		c->args = json_dumps(args, JSON_COMPACT);
}

/* Docker and podman list the program and its arguments separately. */
static void take_command(struct container *c, const json_t *one)
{
	json_t *args = json_copy(json_object_get(one, "Args"));
	json_t *path = json_object_get(one, "Path");

	take(&c->cwd, json_object_get(json_object_get(one, "Config"),
				      "WorkingDir"));
	if (json_is_array(args) && json_is_string(path)) {
		json_array_insert(args, 0, path);
		c->args = json_dumps(args, JSON_COMPACT);
	}
	json_decref(args);
}

char *container_engine_version(const char *name, const char *program,
			       unsigned int ms)
{
	static const char word[] = " version ";
	char *argv[] = { (char *)program, "--version", NULL };
	char *text = capture_output_within(argv, ms), *result = NULL;
	char *at;

	if (text)
		text[strcspn(text, "\n")] = '\0';
	at = text ? strstr(text, word) : NULL;
	if (at) {
		at += strlen(word);
		result = xasprintf("%s %.*s", name, (int)strcspn(at, " ,"), at);
	}
	free(text);
	return result;
}

bool container_has_check(const json_t *config)
{
	const json_t *check = json_object_get(config, "Healthcheck");
	const json_t *test = json_object_get(check, "Test");

	return json_array_size(test) &&
		!is_text(json_array_get(test, 0), "NONE");
}

/*
 * `runc state` and `crun state` print an object, `inspect` a list of objects.
 */
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
	container_take_annotations(c, json_object_get(one, "annotations"));
	take_names(c, one);
	take_command(c, one);
	c->has_init = json_is_true(json_object_get(
		json_object_get(one, "HostConfig"), "Init"));
	c->has_check = container_has_check(json_object_get(one, "Config"));
	return true;
}

/*
 * Parses the output of a command as JSON. Also returns NULL if the command
 * fails.
 */
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
	for (size_t i = 0; *name != '-' && !strchr(name, '/') &&
	     i < N_ENGINES; i++)
		if (ask_engine(&engines[i], name, c)) {
			c->engine = engines[i].name;
			return true;
		}
	return container_find_state(name, c);
}
