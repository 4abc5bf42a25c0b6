/* SPDX-License-Identifier: Apache-2.0 */
#include "splits.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "process/describe.h"
#include "tracer-private.h"

struct splits_read {
	const struct tracer *tracer;
	/* Indexed by run, from 1 to n; [0] is the harness. */
	struct split_run *runs;
	uint32_t n;
	/* whether the last run has all runs for which there was no room */
	bool has_rest;
	uint64_t begun, crowded, unread;
};

/* Returns the number of a run on the kernel side. */
static uint32_t number_of(const struct splits_read *s, uint32_t run)
{
	return s->has_rest && run == s->n ? SPLIT_REST : run;
}

struct splits_read *splits_open(struct tracer *t)
{
	int fd = bpf_map__fd(t->skel->maps.split_runs);
	const struct splits *splits = &t->skel->bss->splits;
	struct splits_read *s;

	if (!t->split)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->tracer = t;
	s->begun = splits->begun;
	s->crowded = splits->crowded;
	s->unread = splits->unread;
	s->has_rest = s->begun >= SPLIT_REST || s->crowded ||
		load_u64(&t->skel->bss->progress.lost_images);
	s->n = s->begun < SPLIT_REST ? s->begun : SPLIT_REST - 1;
	s->n += s->has_rest;
	s->runs = xcalloc(s->n + 1, sizeof(*s->runs));
	s->runs[0].start_ns = t->skel->bss->progress.start_ns;
	for (uint32_t i = 1; i <= s->n; i++) {
		uint32_t number = number_of(s, i);

		if (bpf_map_lookup_elem(fd, &number, &s->runs[i]))
			s->runs[i].start_ns = s->runs[0].start_ns;
	}
	return s;
}

void splits_close(struct splits_read *s)
{
	if (!s)
		return;
	free(s->runs);
	free(s);
}

/*
 * The child that begins a run belongs to the harness until it executes a
 * program. Calls of an unknown program go to the run without room, or to the
 * harness.
 */
uint32_t splits_run_of(const struct splits_read *s, uint32_t id)
{
	uint32_t number = s->tracer->split_images[id].run;
	const struct split_run *run;

	if (number == SPLIT_REST || id == IMAGE_OTHER)
		return s->has_rest ? s->n : 0;
	if (number > s->n)
		return 0;
	run = &s->runs[number];
	return run->fork_image == id && run->flags & SPLIT_BY_FIRST ? 0 :
		number;
}

uint64_t splits_start(const struct splits_read *s, uint32_t run)
{
	return s->runs[run].start_ns;
}

/* Returns the arguments, or NULL if the last one may be incomplete. */
static char **arguments(const struct split_run *run)
{
	char **argv = xcalloc(1, sizeof(*argv));
	size_t size = run->text_size;

	if (!size || size >= SPLIT_TEXT - 1) {
		free(argv);
		return NULL;
	}
	for (size_t at = 0; at < size; at += strlen(run->text + at) + 1)
		describe_append(&argv, run->text + at);
	return argv;
}

/*
 * Returns the text of a run. The text of a mark ends at the first newline.
 * Arguments are separated by blanks.
 */
static char *text_of(const struct split_run *run, bool is_mark)
{
	size_t n = run->text_size < SPLIT_TEXT ? run->text_size : SPLIT_TEXT - 1;
	char *text = xcalloc(n + 1, 1), *end;

	memcpy(text, run->text, n);
	while (n && (!text[n - 1] || text[n - 1] == '\n'))
		text[--n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (!text[i])
			text[i] = ' ';
	end = is_mark ? strchr(text, '\n') : NULL;
	if (end)
		*end = '\0';
	return text;
}

static char *name_of(const struct splits_read *s, uint32_t i,
		     const char *whole, bool no_argv)
{
	const struct split_run *run = &s->runs[i];
	bool is_mark = s->tracer->split == SPLIT_BY_MARK;
	char *name;

	if (s->has_rest && i == s->n)
		return xasprintf("%s [further runs]", whole);
	name = text_of(run, is_mark);
	if (*name && (is_mark || !no_argv))
		return name;
	free(name);
	return xasprintf("%s [run %u]", whole, i);
}

/* Converts the status of wait(2) to the one of a run record. */
static void set_status(struct run *part, const struct split_run *run)
{
	int signal = run->exit_code & 0x7f;

	part->has_status = run->flags & SPLIT_EXITED;
	part->status = !part->has_status ? 0 : signal ? -signal :
		run->exit_code >> 8 & 0xff;
}

static void free_argv(struct run *run)
{
	for (char **arg = run->argv; arg && *arg; arg++)
		free(*arg);
	free(run->argv);
	run->argv = NULL;
}

static uint64_t since(uint64_t start_ns, uint64_t ns)
{
	return ns > start_ns ? ns - start_ns : 0;
}

/*
 * Sets the id of a part, which follows from the id of the whole and the part's
 * index.
 */
static void set_id(struct run *part, uint32_t i)
{
	for (size_t byte = 0; byte < 4; byte++)
		part->id[RUN_ID_SIZE - 1 - byte] = i >> 8 * byte;
}

static void describe_part(const struct splits_read *s, uint32_t i,
			  const struct run *whole, bool no_argv,
			  struct run *part)
{
	const struct split_run *run = &s->runs[i];
	uint64_t begin = since(s->runs[0].start_ns, run->start_ns);
	uint64_t end = run->end_ns ?
		since(s->runs[0].start_ns, run->end_ns) : whole->duration_ns;

	free(part->name);
	part->name = name_of(s, i, whole->name, no_argv);
	free_argv(part);
	if (s->tracer->split != SPLIT_BY_MARK && !no_argv)
		part->argv = arguments(run);
	part->start_ns += begin;
	part->duration_ns = since(begin, end);
	set_status(part, run);
	if (run->flags & SPLIT_CROWDED)
		describe_append(&part->blind, "programs that the run started "
				"when the table of images was full: their "
				"calls are in the last run");
}

static void describe_harness(const struct run *whole, struct run *part)
{
	free(part->name);
	part->name = xasprintf("%s [harness]", whole->name);
	describe_append(&part->how, "harness");
}

void splits_add_runs(const struct splits_read *s, const struct run *whole,
		     bool no_argv, struct trace *trace)
{
	for (uint32_t i = 0; i <= s->n; i++) {
		struct run part;

		run_copy(&part, whole);
		describe_append(&part.how, "split");
		set_id(&part, i);
		if (i)
			describe_part(s, i, whole, no_argv, &part);
		else
			describe_harness(whole, &part);
		trace_add_run(trace, &part);
	}
}

bool splits_ended(const struct splits_read *s, uint32_t run)
{
	const struct split_run *r = &s->runs[run];

	return s->tracer->split == SPLIT_BY_MARK ? r->end_ns :
		r->flags & SPLIT_EXITED;
}

bool splits_equal(const struct splits_read *s, uint32_t a, uint32_t b)
{
	const struct split_run *x = &s->runs[a], *y = &s->runs[b];

	return x->text_size && x->text_size == y->text_size &&
		!memcmp(x->text, y->text, x->text_size);
}

size_t splits_count(const struct splits_read *s)
{
	return s->n;
}

uint64_t splits_joined(const struct splits_read *s, uint64_t *executions)
{
	*executions = s->crowded;
	return s->begun >= SPLIT_REST ? s->begun - (SPLIT_REST - 1) : 0;
}

uint64_t splits_unread(const struct splits_read *s)
{
	return s->unread;
}
