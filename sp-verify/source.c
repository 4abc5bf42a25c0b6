/* SPDX-License-Identifier: Apache-2.0 */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "filter/cbpf.h"
#include "task.h"

/* The limit in bytes. profile_read() refuses larger files. */
enum { FILE_MAX = 16 << 20 };

/*
 * Reads the whole file, up to one byte above the limit. Returns NULL if it
 * printed and latched an error.
 */
static char *read_file(struct input *in, size_t *n)
{
	FILE *file = input_file(in);
	char *bytes;

	if (!file)
		return NULL;
	bytes = input_read(file, FILE_MAX, n);
	if (!bytes)
		message_error("%s: %s", input_name(in->path),
			      profile_strerror(errno));
	input_close(in);
	return bytes;
}

static void note_unknown_names(const char *path, const struct profile *p)
{
	struct text_list unknown = { NULL, 0 };
	char *list;

	for (size_t i = 0; i < p->n_unknown; i++)
		text_list_add(&unknown, p->unknown[i]);
	list = text_list_end(&unknown);
	if (list) {
		char *printable = text_printable(list);

		message_note("%s: unknown names, ignored as runtimes do: %s",
			     input_name(path), printable);
		free(printable);
	}
	free(list);
}

static struct profile *parse_profile(const char *path, char *text, size_t n,
				     const struct host *host)
{
	FILE *file = n ? fmemopen(text, n, "r") : NULL;
	char *problem = NULL;
	struct profile *p = file ? profile_read(file, host, &problem) : NULL;

	if (!p)
		message_error("%s: %s", input_name(path), problem ? problem :
			      n ? strerror(errno) : "empty");
	free(problem);
	if (file)
		fclose(file);
	return p;
}

static struct filter *compile(const char *path, const struct profile *p,
			      const struct loader *loader)
{
	struct filter *f = NULL;
	char *problem = NULL, *text;
	int err;

	loader = loader ? loader : loader_of(p->form);
	if (!loader_takes(loader, p->form)) {
		message_error("%s: --as: this loader does not take profiles of "
			      "this form", input_name(path));
		return NULL;
	}
	err = loader_compile(loader, p, &f, &problem);
	text = problem ? text_printable(problem) : NULL;
	if (err)
		message_error("%s: %s", input_name(path), text);
	else if (text)
		message_note("%s: %s", input_name(path), text);
	free(text);
	free(problem);
	return f;
}

static struct filter *parse_raw(const char *path, const char *bytes, size_t n)
{
	char *problem = NULL;
	struct filter *f = cbpf_parse(bytes, n, &problem);

	if (!f)
		message_error("%s: %s", input_name(path), problem);
	free(problem);
	return f;
}

static struct filter *load_file(struct input *in,
				const struct filter_source *s,
				struct source_files *files)
{
	const char *path = in->path;
	size_t n = 0;
	char *bytes = read_file(in, &n);
	struct host host = files->host;
	struct profile *p = NULL;
	struct filter *f = NULL;

	if (!bytes)
		return NULL;
	host.path = path;
	host.adds_native = s->loader && loader_adds_native(s->loader);
	host.refuses_stray_errno = s->loader &&
		loader_refuses_stray_errno(s->loader);
	if (cbpf_looks_like(bytes, n)) {
		if (s->loader)
			message_note("%s: a raw filter is the same for all "
				     "loaders", input_name(path));
		f = parse_raw(path, bytes, n);
	} else if ((p = parse_profile(path, bytes, n, &host))) {
		note_unknown_names(path, p);
		for (size_t i = 0; i < p->n_notes; i++)
			message_note("%s: %s", input_name(path), p->notes[i]);
		if (p->of_machine)
			files->of_machine = path;
		f = compile(path, p, s->loader);
	}
	profile_free(p);
	free(bytes);
	return f;
}

bool source_is_empty(const struct filter_source *s)
{
	return !s->n_profiles && !s->pid;
}

char *source_name(const struct filter_source *s)
{
	size_t more = s->n_profiles + !!s->pid - 1;
	char *first = s->pid ? xasprintf("process %d", s->pid) :
		xstrdup(input_name(s->profiles[0]));
	char *name = more ? xasprintf("%s and %zu more", first, more) :
		xstrdup(first);

	free(first);
	return name;
}

bool source_open(const struct filter_source *s, struct source_files *files)
{
	files->host = s->host;
	if (s->pid)
		files->of_process = task_filter(s->pid);
	if (s->n_profiles)
		inputs_open(&files->profiles, (char *const *)s->profiles);
	for (size_t i = 0; i < files->profiles.n; i++)
		profile_prepare(&files->profiles.at[i], &files->host);
	return (files->of_process || !s->pid) && !files->profiles.incomplete;
}

void source_close(struct source_files *files)
{
	filter_free(files->of_process);
	inputs_close(&files->profiles);
	host_release(&files->host);
}

struct filter *source_load(const struct filter_source *s,
			   struct source_files *files)
{
	struct filter *all = files->of_process;
	bool ok = true;

	files->of_process = NULL;
	for (size_t i = 0; ok && i < files->profiles.n; i++) {
		struct filter *f = load_file(&files->profiles.at[i], s,
					     files);

		ok = f;
		all = filter_join(all, f);
	}
	if (ok)
		return all;
	filter_free(all);
	return NULL;
}
