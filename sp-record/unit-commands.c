/* SPDX-License-Identifier: Apache-2.0 */
#include "unit-commands.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "names.h"
#include "process/capture.h"
#include "process/describe.h"

static bool was_executed(const struct trace *t, const char *path)
{
	for (size_t i = 0; i < t->n_images; i++) {
		const struct image *image = t->images[i];

		if (!image->path || strcmp(image->path, path))
			continue;
		for (size_t k = 0; k < image->n_uses; k++)
			if (image->uses[k].execs)
				return true;
	}
	return false;
}

/* With --paths, scripts are recorded by their names. */
static bool was_named(const struct trace *t, const char *path)
{
	bool was = false;

	for (size_t i = 0; !was && i < t->paths.n; i++) {
		const struct fact *fact = t->paths.at[i];
		char *name = path_of_fact(fact);

		was = fact->id.nr & NAME_EXECUTE && !fact->answer &&
			!strcmp(name, path);
		free(name);
	}
	return was;
}

/* The interpreter of a script, with symbolic links resolved; heap or NULL. */
static char *interpreter_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char line[PATH_MAX] = "", *at = line + strlen("#!");
	ssize_t n = fd < 0 ? -1 : pread(fd, line, sizeof(line) - 1, 0);

	if (fd >= 0)
		close(fd);
	if (n < 0 || strncmp(line, "#!", strlen("#!")))
		return NULL;
	at += strspn(at, " \t");
	at[strcspn(at, " \t\n")] = '\0';
	return realpath(at, NULL);
}

/*
 * The image of a script is its interpreter. Without --paths, that this ran is all
 * that is known.
 */
static bool was_script_executed(const struct run *run, const struct trace *t,
				const char *path)
{
	char *interpreter = interpreter_of(path);
	bool was = interpreter && (run_has_how(run, "paths") ?
				   was_named(t, path) :
				   was_executed(t, interpreter));

	free(interpreter);
	return was;
}

static void check(struct run *run, const struct trace *t, const char *option,
		  const char *path)
{
	char *real = realpath(path, NULL), *text;

	if (!was_executed(t, path) && !(real && was_executed(t, real)) &&
	    !was_script_executed(run, t, path)) {
		text = xasprintf("%s=%s of the unit, which was not executed",
				 option, path);
		describe_append(&run->blind, text);
		free(text);
	}
	free(real);
}

/* "ExecReload={ path=/bin/kill ; argv[]=/bin/kill -HUP $MAINPID ; … }" */
static void check_line(struct run *run, const struct trace *t, char *line)
{
	static const char start[] = "={ path=";
	char *at = strstr(line, start), *end;

	if (!at)
		return;
	*at = '\0';
	at += strlen(start);
	end = strstr(at, " ;");
	if (!end)
		return;
	*end = '\0';
	check(run, t, line, at);
}

void unit_commands_check(struct run *run, const struct trace *t,
			 const char *unit)
{
	char *argv[] = {
		"systemctl", "show", "--property=ExecCondition,ExecStartPre,"
		"ExecStart,ExecStartPost,ExecReload,ExecStop,ExecStopPost",
		"--", (char *)unit, NULL,
	};
	char *text = capture_output(argv), *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n")))
		check_line(run, t, line);
	free(text);
}
