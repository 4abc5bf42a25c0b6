/* SPDX-License-Identifier: Apache-2.0 */
#include "subject.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/input.h"
#include "base/memory.h"
#include "process/container.h"

/* the largest JSON file that is read, in bytes */
enum { FILE_MAX = 16 << 20 };

/*
 * Parses JSON. Accepts numbers beyond 2^63, which limits in an engine's JSON
 * can be: they are not used.
 */
static json_t *load(const char *text, size_t n)
{
	return json_loadb(text, n, JSON_DECODE_INT_AS_REAL, NULL);
}

/*
 * Opens a regular file, and no other: another user could have put a FIFO there,
 * for example.
 */
static FILE *open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	FILE *file = NULL;
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode))
		file = fdopen(fd, "r");
	if (fd >= 0 && !file)
		close(fd);
	return file;
}

static json_t *load_file(const char *path)
{
	FILE *file = open_regular(path);
	json_t *json = NULL;
	char *text;
	size_t n;

	if (!file)
		return NULL;
	text = input_read(file, FILE_MAX, &n);
	if (text && n <= FILE_MAX)
		json = load(text, n);
	free(text);
	fclose(file);
	return json;
}

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void set(char **to, const char *value)
{
	if (!*to && value && *value)
		*to = xstrdup(value);
}

const char *subject_annotation(const struct subject *s, const char *key)
{
	return text_at(s->annotations, key);
}

/* Runtimes of Kubernetes and nerdctl put the names into annotations. */
void subject_complete(struct subject *s)
{
	const struct {
		char **to;
		const char *key;
	} rows[] = {
		{ &s->name, "io.kubernetes.cri.container-name" },
		{ &s->name, "io.kubernetes.container.name" },
		{ &s->name, "nerdctl/name" },
		{ &s->image, "io.kubernetes.cri.image-name" },
		{ &s->image, "io.kubernetes.cri-o.ImageName" },
		{ &s->pod, "io.kubernetes.cri.sandbox-name" },
		{ &s->pod, "io.kubernetes.pod.name" },
		{ &s->namespace, "io.kubernetes.cri.sandbox-namespace" },
		{ &s->namespace, "io.kubernetes.pod.namespace" },
		{ &s->namespace, "nerdctl/namespace" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		set(rows[i].to, subject_annotation(s, rows[i].key));
}

/* Reads podman's list of containers, whose metadata is JSON within a string. */
static void ask_podman_list(struct subject *s, const char *path)
{
	json_t *list = load_file(path), *one;
	size_t i;

	json_array_foreach(list, i, one) {
		const char *id = text_at(one, "id");
		const char *metadata = text_at(one, "metadata");
		json_t *inner;

		if (!id || strcmp(id, s->id) || !metadata)
			continue;
		inner = load(metadata, strlen(metadata));
		set(&s->name, text_at(inner, "name"));
		set(&s->image, text_at(inner, "image-name"));
		set(&s->engine, "podman");
		json_decref(inner);
	}
	json_decref(list);
}

/* The bundle of a podman container is STORAGE/DRIVER-containers/ID/userdata. */
static void ask_podman(struct subject *s, const char *bundle)
{
	static const char *const files[] = {
		"containers.json", "volatile-containers.json",
	};

	for (size_t i = 0; i < 2 && (!s->name || !s->image); i++) {
		char *path = xasprintf("%s/../../%s", bundle, files[i]);

		ask_podman_list(s, path);
		free(path);
	}
}

/*
 * dockerd has the data of a container in ROOT/containers/ID. Its root file
 * system is also below ROOT.
 */
static void ask_docker(struct subject *s, const char *rootfs)
{
	char *dir = xstrdup(rootfs), *slash;
	json_t *json = NULL;

	while (!json && (slash = strrchr(dir, '/'))) {
		char *path;

		*slash = '\0';
		path = xasprintf("%s/containers/%s/config.v2.json", dir, s->id);
		json = load_file(path);
		free(path);
	}
	if (json) {
		const char *name = text_at(json, "Name");
		json_t *config = json_object_get(json, "Config");
		json_t *labels = json_object_get(config, "Labels");

		set(&s->name, name && *name == '/' ? name + 1 : name);
		set(&s->image, text_at(config, "Image"));
		set(&s->engine, "docker");
		s->has_check = container_has_check(config);
		if (json_is_object(labels) && !s->labels)
			s->labels = json_incref(labels);
	}
	json_decref(json);
	free(dir);
}

/*
 * Reads config.json in the bundle, because some runtimes put only some of the
 * annotations into the state.
 */
static void ask_bundle(struct subject *s, const char *bundle)
{
	char *path = xasprintf("%s/config.json", bundle);
	json_t *config = load_file(path);
	const char *rootfs = text_at(json_object_get(config, "root"), "path");
	json_t *annotations = json_object_get(config, "annotations");
	const json_t *process = json_object_get(config, "process");

	set(&s->cwd, text_at(process, "cwd"));
	s->args = json_incref(json_object_get(process, "args"));
	if (json_is_object(annotations))
		json_object_update_missing(s->annotations, annotations);
	subject_complete(s);
	ask_podman(s, bundle);
	if (rootfs && *rootfs == '/' && strlen(rootfs) < PATH_MAX &&
	    !strchr(s->id, '/'))
		ask_docker(s, rootfs);
	json_decref(config);
	free(path);
}

static char *check_state(const json_t *state)
{
	const json_t *pid = json_object_get(state, "pid");
	const char *id = text_at(state, "id");

	if (!json_is_object(state) || !id || !*id)
		return xstrdup("stdin is not the state of a container as an "
			       "OCI runtime gives it to a hook");
	if (!json_is_number(pid) || json_number_value(pid) < 1 ||
	    json_number_value(pid) > INT_MAX)
		return xstrdup("the state has no process id: the hook belongs "
			       "to the stage createRuntime or prestart");
	return NULL;
}

bool subject_read(struct subject *s, const char *text, size_t n,
		  char **problem)
{
	json_t *state = load(text, n), *annotations;
	const char *bundle = text_at(state, "bundle");

	*s = (struct subject){ .annotations = json_object() };
	*problem = check_state(state);
	if (!*problem) {
		annotations = json_object_get(state, "annotations");
		s->id = xstrdup(text_at(state, "id"));
		s->pid = json_number_value(json_object_get(state, "pid"));
		if (json_is_object(annotations))
			json_object_update(s->annotations, annotations);
		if (bundle && *bundle == '/')
			ask_bundle(s, bundle);
	}
	json_decref(state);
	return !*problem;
}

void subject_free(struct subject *s)
{
	json_decref(s->annotations);
	free(s->id);
	free(s->name);
	free(s->image);
	free(s->pod);
	free(s->namespace);
	free(s->engine);
	free(s->runtime);
	free(s->cwd);
	json_decref(s->args);
	json_decref(s->labels);
}
