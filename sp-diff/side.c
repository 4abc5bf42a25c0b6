/* SPDX-License-Identifier: Apache-2.0 */
#include "side.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "label.h"
#include "unit.h"
#include "stream/stream.h"

int entry_compare(const struct entry *a, const struct entry *b)
{
	int order = call_id_compare(&a->id, &b->id);

	if (order || (!a->image && !b->image))
		return order;
	if (!a->image || !b->image)
		return a->image ? 1 : -1;
	return image_compare(a->image, b->image);
}

static int compare_entries(const void *a, const void *b)
{
	return entry_compare(a, b);
}

static void take_calls(struct side *s)
{
	const struct trace *t = s->trace;

	s->entries = xcalloc(t->calls.n, sizeof(*s->entries));
	for (size_t i = 0; i < t->calls.n; i++) {
		const struct fact *call = t->calls.at[i];

		s->entries[i] = (struct entry){ .id = call->id,
					     .image = t->images[call->image],
					     .count = fact_count(call) };
	}
	s->n_entries = t->calls.n;
	array_sort(s->entries, s->n_entries, sizeof(*s->entries), compare_entries);
}

static void take_totals(struct side *s)
{
	struct call_total *totals = trace_totals(s->trace, NULL, NULL,
						 &s->n_entries);

	s->entries = xcalloc(s->n_entries, sizeof(*s->entries));
	for (size_t i = 0; i < s->n_entries; i++)
		s->entries[i] = (struct entry){ .id = totals[i].id,
					     .count = totals[i].count };
	free(totals);
}

static void take_allowed(struct side *s)
{
	struct call_id *ids = profile_allowed(s->profile, &s->n_entries);

	s->entries = xcalloc(s->n_entries, sizeof(*s->entries));
	for (size_t i = 0; i < s->n_entries; i++)
		s->entries[i].id = ids[i];
	free(ids);
}

/*
 * Prints each text after the file's name, and frees it. Returns whether there
 * was one.
 */
static bool print_texts(char **texts, const char *name,
			void (*print)(const char *fmt, ...))
{
	bool any = *texts;

	for (char **text = texts; *text; text++) {
		print("%s: %s", name, *text);
		free(*text);
	}
	free(texts);
	return any;
}

bool select_calls(struct trace **t, const char *name,
		  const struct selection *selection)
{
	if (selection_is_empty(selection))
		return true;
	print_texts(select_notes(*t, selection), name, message_note);
	if (print_texts(select_problems(*t, selection), name, message_error))
		return false;
	*t = select_images(*t, selection);
	return true;
}

bool select_runs(struct trace **t, const char *name, bool harness)
{
	char *note = NULL;
	bool fine = harness || select_without_harness(t, &note);

	if (note)
		(fine ? message_note : message_error)("%s: %s", name, note);
	free(note);
	return fine;
}

static bool read_trace(struct side *s, FILE *file, const char *name,
		       const struct side_choice *choice, char **problem)
{
	s->trace = trace_new();
	/*
	 * Images are selected before phases, because the image that started
	 * another one may only be in another phase.
	 */
	if (!trace_read(s->trace, file,
			choice->partial ? TRACE_PARTIAL : 0, problem) ||
	    !select_runs(&s->trace, name, choice->harness) ||
	    !select_calls(&s->trace, name, &choice->selection) ||
	    ((choice->from || choice->until) &&
	     !select_phases(&s->trace, choice->from, choice->until, problem)))
		return false;
	trace_sort(s->trace);
	s->native = trace_native(s->trace);
	s->threads = thread_calls(s->trace, &s->n_threads);
	note_losses(s->trace, name, !selection_is_empty(&choice->selection));
	return true;
}

static bool read_profile(struct side *s, FILE *file, const char *name,
			 const struct host *prepared, char **problem)
{
	struct host host = *prepared;
	struct profile *p;

	host.path = name;
	p = s->profile = profile_read(file, &host, problem);
	if (!p)
		return false;
	s->native = p->n_archs ? p->archs[0] : arch_native();
	if (p->n_unknown) {
		char *first = text_printable(p->unknown[0]);

		message_note("%s: left out: %zu names that are no calls of the "
			     "profile's architectures: %s%s", name,
			     p->n_unknown, first,
			     p->n_unknown > 1 ? ", ..." : "");
		free(first);
	}
	for (size_t i = 0; i < p->n_notes; i++)
		message_note("%s: %s", name, p->notes[i]);
	return true;
}

static bool read_side(struct side *s, FILE *file, const char *name,
		      const struct side_choice *choice,
		      const struct host *host, char **problem)
{
	int first = getc(file);

	if (first == EOF) {
		*problem = xstrdup(ferror(file) ? profile_strerror(errno) :
				   "empty");
		return false;
	}
	ungetc(first, file);
	if (first == STREAM_FIRST_BYTE)
		return read_trace(s, file, name, choice, problem);
	return read_profile(s, file, name, host, problem);
}

static bool take_entries(struct side *s, const char *name, bool by_image)
{
	if (s->profile && by_image) {
		message_error("%s: a profile has no images to compare by",
			      name);
		return false;
	}
	if (s->profile)
		take_allowed(s);
	else if (by_image)
		take_calls(s);
	else
		take_totals(s);
	return true;
}

/*
 * Marks calls that only some repeated runs make. The matrix has the same calls
 * as the entries, in the same order.
 */
static void mark_unsteady(struct side *s, bool by_image)
{
	struct matrix_choice choice = { .by_image = by_image };
	struct matrix *m;
	struct units *u;

	/* With one run, no call can be unsteady. */
	if (s->trace->n_runs < 2)
		return;
	m = matrix_of(s->trace, &choice);
	if (!m)
		return;
	u = units_new(m, &(struct unit_choice){ UNIT_ARGV }, NULL, NULL);
	for (size_t i = 0; i < s->n_entries && i < u->n_rows; i++)
		s->entries[i].unsteady = u->rows[i].unsteady;
	units_free(u);
	matrix_free(m);
}

void side_prepare(struct input *in, struct host *host)
{
	FILE *file = input_file(in);
	int first = file ? getc(file) : EOF;

	if (first == EOF)
		return;
	ungetc(first, file);
	if (first != STREAM_FIRST_BYTE)
		profile_prepare(in, host);
}

bool side_load(struct side *s, struct input *in,
	       const struct side_choice *choice, const struct host *host)
{
	const char *name = input_name(in->path);
	FILE *file = input_file(in);
	char *problem = NULL;
	bool ok;

	*s = (struct side){ 0 };
	if (!file)
		return false;
	ok = read_side(s, file, name, choice, host, &problem);
	if (problem)
		message_error("%s: %s", name, problem);
	free(problem);
	input_close(in);
	ok = ok && take_entries(s, name, choice->by_image);
	if (ok && s->trace)
		mark_unsteady(s, choice->by_image);
	return ok;
}

void side_free(struct side *s)
{
	trace_free(s->trace);
	profile_free(s->profile);
	free(s->entries);
	free(s->threads);
}
