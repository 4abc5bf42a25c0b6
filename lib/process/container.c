/* SPDX-License-Identifier: Apache-2.0 */
#include "process/container.h"

#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"

static bool is_pid(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= 0 &&
		json_integer_value(value) <= INT_MAX;
}

/* runc state and crun state print the one, inspect a list of the other. */
static bool parse_state(json_t *json, struct container *c)
{
	json_t *one = json_is_array(json) ? json_array_get(json, 0) : json;
	json_t *pid = json_object_get(one, "pid");
	json_t *id = json_object_get(one, "id");

	if (json_is_array(json)) {
		pid = json_object_get(json_object_get(one, "State"), "Pid");
		id = json_object_get(one, "Id");
	}
	if (!is_pid(pid) || !json_is_string(id))
		return false;
	c->pid = json_integer_value(pid);
	c->id = xstrdup(json_string_value(id));
	return true;
}

/* What a command prints, as JSON; NULL also when it fails. */
static json_t *run_json_command(char **argv)
{
	posix_spawn_file_actions_t actions;
	json_t *json = NULL;
	int fds[2], status = -1;
	pid_t child;
	extern char **environ;

	if (pipe2(fds, O_CLOEXEC))
		return NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	if (!posix_spawnp(&child, argv[0], &actions, NULL, argv, environ)) {
		close(fds[1]);
		fds[1] = -1;
		json = json_loadfd(fds[0], JSON_DISABLE_EOF_CHECK, NULL);
		close(fds[0]);
		fds[0] = -1;
		waitpid(child, &status, 0);
	}
	posix_spawn_file_actions_destroy(&actions);
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (status) {
		json_decref(json);
		return NULL;
	}
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
