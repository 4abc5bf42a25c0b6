/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --oci-runtime: engines start it in place of the runtime. When a container is
 * created, it adds the hook to the container's config.json. Then it becomes the
 * runtime.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/input.h"
#include "base/json-splice.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/output.h"
#include "mode.h"
#include "process/command.h"

enum { CONFIG_MAX = 64 << 20, STATUS_FAILED = 125 };

/*
 * Whether this option of runc or crun, which precedes the command, has a value.
 */
static bool has_value(const char *option)
{
	static const char *const names[] = {
		"--root", "--log", "--log-format", "--log-level", "--criu",
		"--rootless", "--cgroup-manager",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], option))
			return true;
	return false;
}

/*
 * Returns the runtime's command, such as "create", with its arguments; NULL:
 * none.
 */
static char **find_command(char **args)
{
	while (*args && **args == '-') {
		bool skip = has_value(*args);

		args++;
		if (skip && *args)
			args++;
	}
	return *args ? args : NULL;
}

static const char *after(const char *text, const char *start)
{
	size_t n = strlen(start);

	return strncmp(text, start, n) ? NULL : text + n;
}

static const char *const bundle_names[] = {
	"--bundle", "-bundle", "--b", "-b", NULL
};
static const char *const config_names[] = { "--config", "-f", NULL };

/*
 * Returns the value of an option, or NULL if this is another option. crun also
 * accepts "-bDIR", and runc "-bundle" and "-b=DIR". Sets `*next` if the value
 * is the next word.
 */
static const char *option_value(const char *option, const char *const *names,
				bool *next)
{
	const char *rest = NULL;

	for (size_t i = 0; !rest && names[i]; i++)
		rest = after(option, names[i]);
	*next = rest && !*rest;
	if (!rest || !*rest)
		return rest;
	if (*rest == '=')
		return rest + 1;
	return option[1] == '-' ? NULL : rest;	/* "--bundles", "-bDIR" */
}

/* Returns the last value of the option, or NULL if it is not given. */
static const char *find_option(char **args, const char *const *names)
{
	const char *found = NULL;

	for (char **a = args; *a && strcmp(*a, "--"); a++) {
		bool next;
		const char *value = option_value(*a, names, &next);

		if (value && next && a[1])
			found = *++a;
		else if (value && !next)
			found = value;
	}
	return found;
}

/*
 * Returns the path of the configuration for "create" and "run", or NULL for
 * other commands. crun's option -f names a file in the working directory, but
 * its default, config.json, is in the bundle. runc has no such option.
 */
static char *find_config(char **args)
{
	char **command = find_command(args);
	const char *bundle, *config;

	if (!command || (strcmp(*command, "create") && strcmp(*command, "run")))
		return NULL;
	bundle = find_option(command + 1, bundle_names);
	config = find_option(command + 1, config_names);
	if (config && strcmp(config, "config.json"))
		return xstrdup(config);
	return xasprintf("%s/config.json", bundle ? bundle : ".");
}

static void add(json_t *list, const char *option, const char *value)
{
	char *text = value ? xasprintf("%s=%s", option, value) :
		xstrdup(option);

	json_array_append_new(list, json_string(text));
	free(text);
}

/*
 * Returns the hook's entry for the configuration, with the options of this
 * tool. The caller frees it.
 */
static char *hook_json(const struct container_options *o)
{
	char self[PATH_MAX], seconds[32], *text;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	json_t *args = json_pack("[ss]", "sp-record", "--oci-hook"), *hook;

	self[n > 0 ? n : 0] = '\0';
	if (o->directory)
		add(args, "--directory", o->directory);
	for (size_t i = 0; i < o->n_allowed; i++)
		add(args, "--allow-dir", o->allowed[i]);
	if (o->allow_every)
		add(args, "--allow-every", NULL);
	snprintf(seconds, sizeof(seconds), "%.9g", o->patience);
	if (o->patience > 0)
		add(args, "--patience", seconds);
	if (o->log)
		add(args, "--log", o->log);
	for (char **r = o->recording; r && *r; r++)
		add(args, *r, NULL);
	hook = json_pack("{ss so}", "path", self, "args", args);
	text = hook ? json_dumps(hook, JSON_COMPACT) : NULL;
	json_decref(hook);
	return text;
}

static char *read_config(const char *path, char **text)
{
	FILE *file = fopen(path, "re");
	size_t n;

	if (file)
		*text = input_read(file, CONFIG_MAX, &n);
	if (!file || !*text)
		return xstrdup(strerror(errno));
	fclose(file);
	if (n > CONFIG_MAX || strlen(*text) != n)
		return xstrdup("larger than 64 MiB, or not JSON");
	return NULL;
}

static char *write_config(const char *path, const char *text)
{
	struct output *out;

	if (!output_open(&out, path, 0))
		return xstrdup("it cannot be written");
	fputs(text, output_file(out));
	return output_commit(out) ? NULL : xstrdup("it cannot be written");
}

/* Whether the hook runs sp-record, with any options. */
static bool is_ours(const json_t *hook)
{
	const json_t *args = json_object_get(hook, "args");
	const char *first = json_string_value(json_array_get(args, 0));
	const char *second = json_string_value(json_array_get(args, 1));

	return first && second && !strcmp(first, "sp-record") &&
		!strcmp(second, "--oci-hook");
}

/* Returns the index of our hook among the hooks of its stage, or -1. */
static int find_hook(const char *text)
{
	json_t *config = json_loads(text, JSON_DECODE_INT_AS_REAL, NULL), *hook;
	json_t *hooks = json_object_get(json_object_get(config, "hooks"),
					"createRuntime");
	int found = -1;
	size_t i;

	json_array_foreach(hooks, i, hook)
		if (found < 0 && is_ours(hook))
			found = i;
	json_decref(config);
	return found;
}

/*
 * Adds the hook, or replaces the one that an earlier start added with other
 * options. Returns a text that the caller frees, or NULL if the hook cannot be
 * added to this text.
 */
static char *add_hook(const char *text, const char *hook)
{
	static const char *const place[] = { "hooks", "createRuntime", NULL };
	int index = find_hook(text);

	return index < 0 ? json_append(text, place, hook) :
		json_put_item(text, place, index, hook);
}

/* Returns NULL if the file has the hook now. */
static char *put_hook(const char *path, const struct container_options *o)
{
	char *hook = hook_json(o), *text = NULL, *changed = NULL;
	char *problem = hook ? read_config(path, &text) :
		xstrdup("an option is not UTF-8");

	if (!problem && !strstr(text, hook)) {
		changed = add_hook(text, hook);
		problem = changed ? write_config(path, changed) :
			xstrdup("not a configuration of the OCI runtime "
				"specification");
	}
	free(changed);
	free(text);
	free(hook);
	return problem;
}

/* Adds the hook. If this fails, the container starts without being recorded. */
static void prepare_bundle(const char *path, const struct container_options *o)
{
	char *problem = put_hook(path, o);

	if (problem)
		message_note("%s: %s: the container is not recorded", path,
			     problem);
	free(problem);
}

int runtime_mode(const struct container_options *o, const char *runtime,
		 char **args)
{
	char *config = find_config(args);
	char *program = command_find(runtime), **argv;
	size_t n = 0;

	if (config && program)
		prepare_bundle(config, o);
	free(config);
	while (args[n])
		n++;
	argv = xcalloc(n + 2, sizeof(*argv));
	argv[0] = (char *)runtime;
	memcpy(argv + 1, args, n * sizeof(*argv));
	if (program)
		execv(program, argv);
	message_error("%s: %s", runtime, strerror(errno));
	free(argv);
	free(program);
	return STATUS_FAILED;
}

const char *runtime_of_name(const char *name)
{
	static const char prefix[] = "sandprint-";
	const char *slash = strrchr(name, '/');

	name = slash ? slash + 1 : name;
	return !strncmp(name, prefix, strlen(prefix)) &&
		name[strlen(prefix)] ? name + strlen(prefix) : NULL;
}
