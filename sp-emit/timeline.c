/* SPDX-License-Identifier: Apache-2.0 */
/* --timeline: when each call was first seen, and the marks of the recording. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "format.h"
#include "kernel/purpose.h"

/* The time at which an image first made a call, or the time of a mark. */
struct sight {
	uint64_t ns;		/* since the start of the recording */
	const struct fact *fact;	/* NULL: a mark */
	const char *mark;
	bool is_new;		/* whether no image made the call before */
};

struct sights {
	struct sight *at;
	size_t n;
};

/* At the same time, marks come before calls. */
static int by_time(const void *a, const void *b)
{
	const struct sight *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	if (!x->fact || !y->fact)
		return (x->fact != NULL) - (y->fact != NULL);
	if (x->fact->image != y->fact->image)
		return x->fact->image < y->fact->image ? -1 : 1;
	return call_id_compare(&x->fact->id, &y->fact->id);
}

static void add(struct sights *s, struct sight one)
{
	s->at = xgrow(s->at, s->n, sizeof(*s->at));
	s->at[s->n++] = one;
}

/*
 * Returns the start of a recording. Its parts are the runs from `from` to
 * before `to`.
 */
static uint64_t start_of(const struct trace *t, size_t from, size_t to)
{
	uint64_t start = UINT64_MAX;

	for (size_t i = from; i < to; i++)
		if (t->runs[i]->start_ns < start)
			start = t->runs[i]->start_ns;
	return start;
}

/*
 * Adds the earliest sighting of a fact in the runs before `to`, if there is
 * one. Sightings are sorted by run. `*next` is the first one that is not in an
 * earlier recording; it moves on.
 */
static void add_first(struct sights *s, const struct trace *t,
		      const struct fact *fact, size_t *next, size_t to,
		      uint64_t start)
{
	struct sight first = { .ns = UINT64_MAX };

	for (; *next < fact->n_sightings &&
	     fact->sightings[*next].run < to; ++*next) {
		const struct sighting *one = &fact->sightings[*next];
		uint64_t ns = t->runs[one->run]->start_ns - start +
			one->first_ns;

		if (!first.fact || ns < first.ns)
			first = (struct sight){ .ns = ns, .fact = fact };
	}
	if (first.fact)
		add(s, first);
}

static int by_call(const void *a, const void *b)
{
	const struct sight *x = *(struct sight *const *)a;
	const struct sight *y = *(struct sight *const *)b;
	int order = call_id_compare(&x->fact->id, &y->fact->id);

	return order ? order : (x > y) - (x < y);
}

/*
 * Marks the first sight of each call, of all images together. The sights must
 * be sorted.
 */
static void find_new(struct sights *s)
{
	struct sight **order = xcalloc(s->n + 1, sizeof(*order));
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].fact)
			order[n++] = &s->at[i];
	array_sort(order, n, sizeof(*order), by_call);
	for (size_t i = 0; i < n; i++)
		order[i]->is_new = !i ||
			call_id_compare(&order[i - 1]->fact->id,
					&order[i]->fact->id);
	free(order);
}

/*
 * Returns the sights of one recording. `next` has an element for each call, for
 * add_first().
 */
static struct sights sights_of(const struct trace *t, size_t *next,
			       size_t from, size_t to)
{
	struct sights s = { 0 };
	uint64_t start = start_of(t, from, to);

	for (size_t i = 0; i < t->calls.n; i++)
		add_first(&s, t, t->calls.at[i], &next[i], to, start);
	for (size_t i = from; i < to; i++)
		if (t->runs[i]->is_part && t->runs[i]->mark)
			add(&s, (struct sight){
				.ns = t->runs[i]->start_ns - start,
				.mark = t->runs[i]->mark });
	array_sort(s.at, s.n, sizeof(*s.at), by_time);
	find_new(&s);
	return s;
}

/* Returns "read", or "read (x86)"; the caller frees it. */
static char *label_of(const struct run *run, struct call_id id)
{
	char name[SYSCALL_NAME_MAX], arch[ARCH_NAME_MAX];
	struct call_id native = { .arch = run->arch };

	if (arch_of_call(id) == arch_of_call(native))
		return xstrdup(syscall_label(id, name));
	return xasprintf("%s (%s)", syscall_label(id, name),
			 arch_label(id, arch));
}

static void write_sight(const struct trace *t, const struct run *run,
			const struct sight *one, FILE *out)
{
	char *label, *image;

	fprintf(out, "%12.6f  ", one->ns / 1e9);
	if (!one->fact) {
		fputs("mark  ", out);
		text_put_printable(one->mark, out);
		putc('\n', out);
		return;
	}
	label = label_of(run, one->fact->id);
	fprintf(out, "%s  %-20s  %-11s  ", one->is_new ? "new " : "    ",
		label, subject_name(purpose_of(one->fact->id)->subject));
	image = image_text(t, one->fact->image);
	text_put_printable(image, out);
	putc('\n', out);
	free(image);
	free(label);
}

static void write_recording(const struct trace *t, size_t *next, size_t from,
			    size_t to, FILE *out)
{
	struct sights s = sights_of(t, next, from, to);
	char id[RUN_ID_HEX];

	fprintf(out, "run %.8s  ", run_id_hex(t->runs[from], id));
	text_put_printable(t->runs[from]->name, out);
	putc('\n', out);
	for (size_t i = 0; i < s.n; i++)
		write_sight(t, t->runs[from], &s.at[i], out);
	free(s.at);
}

void write_timeline(const struct emit *emit, FILE *out)
{
	const struct trace *t = emit->trace;
	size_t *next = xcalloc(t->calls.n + 1, sizeof(*next));

	for (size_t from = 0, to; from < t->n_runs; from = to) {
		to = from + 1;
		while (to < t->n_runs && t->runs[from]->is_part &&
		       run_same_whole(t->runs[from], t->runs[to]))
			to++;
		write_recording(t, next, from, to, out);
	}
	free(next);
}
