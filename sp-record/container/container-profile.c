/* SPDX-License-Identifier: Apache-2.0 */
#include "container-profile.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/output.h"

/* The tool that was installed beside this one; heap. */
static char *beside(const char *tool)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	return xasprintf("%.*s/%s", slash ? (int)(slash - self) : 0, self,
			 tool);
}

/* A descriptor of its own: that of an output cannot be read from. */
static int reopen(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int run_emit(int in, int out)
{
	char *path = beside("sp-emit");
	int status = -1;
	pid_t child = fork();

	if (!child) {
		dup2(in, STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
		execl(path, "sp-emit", "--oci", (char *)NULL);
		_exit(127);
	}
	free(path);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static json_t *emit(int stream)
{
	int in = reopen(stream), out = memfd_create("profile", MFD_CLOEXEC);
	json_t *profile = NULL;

	if (in >= 0 && out >= 0 && !run_emit(in, out) &&
	    lseek(out, 0, SEEK_SET) == 0)
		profile = json_loadfd(out, 0, NULL);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return profile;
}

static bool is_text(const json_t *object, const char *key, const char *value)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && !strcmp(text, value);
}

/*
 * Rules that permit are added to ours. One that denies would depend on their
 * order, and one for some machines only (Docker's form) on the machine.
 */
static char *add_base(json_t *profile, int fd)
{
	json_t *base = json_loadfd(fd, 0, NULL);
	json_t *rules = json_object_get(profile, "syscalls"), *rule;
	json_t *more = json_object_get(base, "syscalls");
	char *problem = NULL;
	size_t i;

	if (!json_is_array(more))
		problem = xstrdup("the base profile is no OCI profile");
	json_array_foreach(more, i, rule) {
		if (!is_text(rule, "action", "SCMP_ACT_ALLOW") ||
		    !json_is_array(json_object_get(rule, "names")) ||
		    json_object_get(rule, "includes") ||
		    json_object_get(rule, "excludes"))
			problem = problem ? problem : xasprintf(
				"the base profile has a rule that does not "
				"just allow calls: syscalls[%zu]", i);
		else if (!problem)
			json_array_append(rules, rule);
	}
	json_decref(base);
	return problem;
}

static char *write_profile(const json_t *profile, const struct place *place,
			   char **name)
{
	struct output *out;

	if (!output_open_new(&out, place->directory, place->name))
		return xasprintf("no file can be made in %s", place->shown);
	json_dumpf(profile, output_file(out), JSON_INDENT(2));
	putc('\n', output_file(out));
	*name = output_commit_new(out);
	return *name ? NULL : xasprintf("%s/%s cannot be written",
					place->shown, place->name);
}

char *container_profile(int stream, int base, const struct place *place,
			char **name)
{
	json_t *profile = emit(stream);
	char *problem = NULL;

	if (!profile)
		return xstrdup("sp-emit --oci refuses the stream: run it by "
			       "hand to see why");
	if (base >= 0)
		problem = add_base(profile, base);
	if (!problem)
		problem = write_profile(profile, place, name);
	json_decref(profile);
	return problem;
}
