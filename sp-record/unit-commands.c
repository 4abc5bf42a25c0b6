/* SPDX-License-Identifier: Apache-2.0 */
#include "unit-commands.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/text.h"
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

/*
 * Whether the script was executed, by name. Only --paths records the names of
 * scripts.
 */
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

/*
 * Returns the interpreter of a script, with symbolic links resolved, which the
 * caller frees. NULL: none.
 */
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
 * Whether the script was executed. Its image is the interpreter, so without
 * --paths it counts as executed if the interpreter was.
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

/* A command of the unit, such as ExecReload=/bin/kill. */
struct unit_command {
	char *option, *path;	/* both point into the caller's text */
	/* resolved path, to be freed; NULL: there is no such file */
	char *real;
	bool noted;
};

struct commands {
	struct unit_command *at;
	size_t n;
};

static bool is_executed(const struct run *run, const struct trace *t,
			const struct unit_command *c)
{
	return was_executed(t, c->path) ||
		(c->real && was_executed(t, c->real)) ||
		was_script_executed(run, t, c->path);
}

/*
 * Returns how often systemd executed the file. The trace has a start for each
 * execution by the service itself; these are subtracted.
 */
static uint64_t executed_by_manager(const struct trace *t, const char *path)
{
	uint64_t execs = 0, starts = 0;

	for (size_t i = 0; i < t->n_images; i++)
		for (size_t k = 0; t->images[i]->path &&
		     !strcmp(t->images[i]->path, path) &&
		     k < t->images[i]->n_uses; k++)
			execs = count_add(execs, t->images[i]->uses[k].execs);
	for (size_t i = 0; i < t->starts.n; i++) {
		const char *of = t->images[t->starts.at[i]->image]->path;

		if (of && !strcmp(of, path))
			starts = count_add(starts,
					   fact_count(t->starts.at[i]));
	}
	return execs > starts ? execs - starts : 0;
}

static bool is_same_file(const struct unit_command *a, const struct unit_command *b)
{
	return a->real && b->real && !strcmp(a->real, b->real);
}

/*
 * Several commands can have the same executable, as those of nginx do. If it
 * was executed less often than there are commands, one of them did not run;
 * which one is unknown.
 */
static void check_shared(struct run *run, const struct trace *t,
			 struct commands *all, size_t first)
{
	const struct unit_command *c = &all->at[first];
	char *options = NULL, *text;
	uint64_t times;
	size_t n = 0;

	for (size_t i = first; i < all->n; i++) {
		if (!is_same_file(c, &all->at[i]))
			continue;
		all->at[i].noted = true;
		text_append(&options, ", ", all->at[i].option);
		n++;
	}
	times = c->real ? executed_by_manager(t, c->real) : 0;
	/* 0 times means that it is a script, whose image is its interpreter. */
	if (n > 1 && times && times < n) {
		text = xasprintf("one of the unit's commands %s: they all "
				 "execute %s, which systemd executed only %"
				 PRIu64 " time%s", options, c->path, times,
				 times == 1 ? "" : "s");
		describe_append(&run->blind, text);
		free(text);
	}
	free(options);
}

static void check(struct run *run, const struct trace *t, struct commands *all,
		  size_t i)
{
	struct unit_command *c = &all->at[i];
	char *text;

	if (is_executed(run, t, c)) {
		if (!c->noted)
			check_shared(run, t, all, i);
		return;
	}
	text = xasprintf("%s=%s of the unit, which was not executed",
			 c->option, c->path);
	describe_append(&run->blind, text);
	free(text);
}

/*
 * Reads "ExecReload={ path=/bin/kill ; argv[]=/bin/kill -HUP $MAINPID ; … }".
 */
static void take_line(struct commands *all, char *line)
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
	all->at = xgrow(all->at, all->n, sizeof(*all->at));
	all->at[all->n++] = (struct unit_command){
		.option = line, .path = at, .real = realpath(at, NULL),
	};
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
	struct commands all = { 0 };

	while (rest && (line = strsep(&rest, "\n")))
		take_line(&all, line);
	for (size_t i = 0; i < all.n; i++)
		check(run, t, &all, i);
	for (size_t i = 0; i < all.n; i++)
		free(all.at[i].real);
	free(all.at);
	free(text);
}
