/* SPDX-License-Identifier: Apache-2.0 */
#include "unit-commands.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
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

static void check(struct run *run, const struct trace *t, const char *option,
		  const char *path)
{
	char *real = realpath(path, NULL), *text;

	if (!was_executed(t, path) && !(real && was_executed(t, real))) {
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
