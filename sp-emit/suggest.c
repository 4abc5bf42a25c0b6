/* SPDX-License-Identifier: Apache-2.0 */
#include "suggest.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "profile/group.h"

static const char *label_of(const struct run *run, const char *key)
{
	for (size_t i = 0; i < run->n_labels; i++)
		if (!strcmp(run->labels[i].key, key))
			return run->labels[i].value;
	return NULL;
}

static bool has_label(const struct run *run, const char *key,
		      const char *value)
{
	const char *text = label_of(run, key);

	return text && !strcmp(text, value);
}

static bool ends_in(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return !strcmp(slash ? slash + 1 : path, name);
}

/*
 * Whether the first program that the engine runs in the container has that
 * name.
 */
static bool starts_with(const struct run *run, const char *name)
{
	const char *text = label_of(run, "container.args");
	json_t *args = text ? json_loads(text, 0, NULL) : NULL;
	const char *first = json_string_value(json_array_get(args, 0));
	bool is = first && ends_in(first, name);

	json_decref(args);
	return is;
}

static bool uses_tini(const struct run *run)
{
	return starts_with(run, "docker-init") || starts_with(run, "tini") ||
		has_label(run, "container.init", "docker");
}

static bool uses_catatonit(const struct run *run)
{
	return starts_with(run, "podman-init") ||
		starts_with(run, "catatonit") ||
		has_label(run, "container.init", "podman");
}

static bool uses_sh(const struct run *run)
{
	return has_label(run, "container.healthcheck", "yes");
}

static const struct suggestion {
	enum group group;
	bool (*uses)(const struct run *run);
	const char *use;
	/* the programs that the engine runs; NULL after the last */
	const char *programs[3];
} suggestions[] = {
	{ GROUP_TINI, uses_tini, "starts with docker's --init",
	  { "docker-init", "tini" } },
	{ GROUP_CATATONIT, uses_catatonit, "starts with podman's --init",
	  { "podman-init", "catatonit" } },
	{ GROUP_SH, uses_sh, "has a health check", { NULL } },
};

/* Whether the program was executed, so that its calls were recorded. */
static bool was_executed(const struct trace *t, const char *name)
{
	for (size_t i = 0; i < t->n_images; i++)
		for (size_t k = 0; k < t->images[i]->n_uses; k++)
			if (t->images[i]->path && t->images[i]->uses[k].execs &&
			    ends_in(t->images[i]->path, name))
				return true;
	return false;
}

static void suggest(const struct trace *t, const struct suggestion *s)
{
	for (size_t i = 0; s->programs[i]; i++)
		if (was_executed(t, s->programs[i]))
			return;
	for (size_t i = 0; i < t->n_runs; i++) {
		if (!s->uses(t->runs[i]))
			continue;
		message_note("the container %s: --with=%s adds the calls "
			     "that this needs", s->use, group_name(s->group));
		return;
	}
}

void suggest_groups(const struct trace *t, const struct format *format,
		    const bool *chosen)
{
	if (format->flags & FORMAT_TRACE || !(format->flags & FORMAT_BEFORE))
		return;
	for (size_t i = 0; i < sizeof(suggestions) / sizeof(suggestions[0]);
	     i++)
		if (!chosen[suggestions[i].group])
			suggest(t, &suggestions[i]);
}
