/* SPDX-License-Identifier: Apache-2.0 */
#include "through.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "stream/select.h"
#include "stream/stack.h"

/* Options */

static char *add_pattern(const char ***patterns, size_t *n, const char *pattern)
{
	*patterns = xgrow(*patterns, *n, sizeof(**patterns));
	(*patterns)[(*n)++] = pattern;
	return NULL;
}

char *through_option_only(const struct option_row *row, void *to,
			  const char *pattern)
{
	struct through *s = (void *)((char *)to + row->at);

	return add_pattern(&s->only, &s->n_only, pattern);
}

char *through_option_not(const struct option_row *row, void *to,
			 const char *pattern)
{
	struct through *s = (void *)((char *)to + row->at);

	return add_pattern(&s->without, &s->n_without, pattern);
}

bool through_is_empty(const struct through *s)
{
	return !s->n_only && !s->n_without;
}

void through_free(struct through *s)
{
	free(s->only);
	free(s->without);
}

/* Matching */

static bool matches_frame(const struct stack_frame *frame, const char *pattern)
{
	const char *slash = strrchr(frame->file, '/');

	return !fnmatch(pattern, frame->function, 0) ||
		!fnmatch(pattern, frame->file, 0) ||
		(slash && !fnmatch(pattern, slash + 1, 0));
}

static bool matches(const struct fact *stack, const char **patterns, size_t n)
{
	struct stack_frame frames[STACK_FRAMES_MAX];
	size_t n_frames = stack_frames(stack, frames);

	for (size_t i = 0; i < n_frames; i++)
		for (size_t j = 0; j < n; j++)
			if (matches_frame(&frames[i], patterns[j]))
				return true;
	return false;
}

static bool is_selected(const struct fact *stack, const struct through *s)
{
	return (!s->n_only || matches(stack, s->only, s->n_only)) &&
		!matches(stack, s->without, s->n_without);
}

/* The calls of images that have stacks, each once. */
struct place {
	uint32_t image;
	struct call_id id;
	bool selected;		/* whether one of its stacks is selected */
};

struct places {
	const struct through *through;
	struct place *at;
	size_t n;
};

static int by_call(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->image > y->image) - (x->image < y->image) ?:
		call_id_compare(&x->id, &y->id);
}

static struct places find_places(const struct trace *t,
				 const struct through *s)
{
	struct places p = { s, xcalloc(t->stacks.n + 1, sizeof(*p.at)), 0 };

	for (size_t i = 0; i < t->stacks.n; i++) {
		const struct fact *fact = t->stacks.at[i];

		p.at[i] = (struct place){ fact->image, fact->id,
					  is_selected(fact, s) };
	}
	array_sort(p.at, t->stacks.n, sizeof(*p.at), by_call);
	for (size_t i = 0; i < t->stacks.n; i++) {
		if (!p.n || by_call(&p.at[p.n - 1], &p.at[i]))
			p.at[p.n++] = p.at[i];
		else
			p.at[p.n - 1].selected |= p.at[i].selected;
	}
	return p;
}

/* Returns NULL if the call has no stack. */
static const struct place *find_place(const struct places *p,
				      const struct fact *fact)
{
	const struct place key = { fact->image, fact->id, false };

	return bsearch(&key, p->at, p->n, sizeof(key), by_call);
}

static bool keeps(void *arg, enum fact_kind kind, const struct fact *fact)
{
	const struct places *p = arg;
	const struct place *place;

	switch (kind) {
	case FACT_STACK:
		return is_selected(fact, p->through);
	case FACT_PATH:
	case FACT_SOCKET:
	case FACT_MOVE:
		return false;
	case FACT_CALL:
	case FACT_DENIAL:
	case FACT_ARGUMENT:
	case FACT_PRIVILEGE:
		place = find_place(p, fact);
		return place ? place->selected : !p->through->n_only;
	default:
		return true;
	}
}

/* Messages */

static bool any_matches(const struct trace *t, const char *pattern)
{
	for (size_t i = 0; i < t->stacks.n; i++)
		if (matches(t->stacks.at[i], &pattern, 1))
			return true;
	return false;
}

static bool check(const struct trace *t, const char *option,
		  const char **patterns, size_t n)
{
	bool fine = true;

	for (size_t i = 0; i < n; i++) {
		char *printable;

		if (any_matches(t, patterns[i]))
			continue;
		fine = false;
		printable = text_printable(patterns[i]);
		message_error("--%s=%s: no function or file of a stack "
			      "matches; --explain lists the stacks", option,
			      printable);
		free(printable);
	}
	return fine;
}

static void note_without_stack(const struct trace *t, const struct places *p)
{
	bool only = p->through->n_only;
	size_t n = 0;

	for (size_t i = 0; i < t->calls.n; i++)
		n += !find_place(p, t->calls.at[i]);
	if (n)
		message_note("--%s-through: %zu call%s without a stack %s %s",
			     only ? "only" : "not", n, n == 1 ? "" : "s",
			     n == 1 ? "is" : "are",
			     only ? "left out" : "kept");
}

bool through_select(struct trace **t, const struct through *s)
{
	struct places places;

	if (through_is_empty(s))
		return true;
	if (!(*t)->stacks.n) {
		message_error("--%s-through: no stacks were recorded: record "
			      "with sp-record --stacks",
			      s->n_only ? "only" : "not");
		return false;
	}
	if (!check(*t, "only-through", s->only, s->n_only) ||
	    !check(*t, "not-through", s->without, s->n_without))
		return false;
	places = find_places(*t, s);
	note_without_stack(*t, &places);
	*t = select_facts(*t, keeps, &places);
	free(places.at);
	return true;
}
