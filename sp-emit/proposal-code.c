/* SPDX-License-Identifier: Apache-2.0 */
/* Proposes tests from the code of the executables: --possible. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "kernel/ability.h"
#include "possible/possible.h"
#include "proposal.h"

enum { OBJECTS_MAX = 3, FUNCTIONS_MAX = 6 };

/* An ability that executables have, with its calls that no run made. */
struct chance {
	const struct ability *ability;
	const struct possible_call *calls[GRAPH_NUMBERS_MAX];
	size_t n;
	/* whether a run made another call of the ability */
	bool seen;
	size_t rank;		/* position of its likeliest call in the list */
};

/*
 * Returns the ability of a call that the executable makes directly, or by a
 * function in the table of abilities. Returns NULL for other calls, such as
 * those of libraries, which say little about the program.
 */
static const struct ability *ability_in_code(const struct possible_call *call)
{
	const struct graph_call *reached = call->reached;
	const struct ability *by_function;

	if (reached->near != GRAPH_OWN)
		return NULL;
	by_function = ability_of_function(reached->function);
	if (by_function)
		return by_function;
	return reached->steps ? NULL : ability_of(call->id);
}

static size_t index_of(const struct ability *ability)
{
	size_t i = 0;

	while (ability_at(i) != ability)
		i++;
	return i;
}

static void find_chances(struct chance *chances, const struct digest *d)
{
	const struct possible *possible = d->emit->possible;

	for (size_t i = 0; i < possible->n; i++) {
		const struct possible_call *call = &possible->calls[i];
		const struct ability *ability = ability_in_code(call);
		struct chance *chance;

		if (!ability || !ability->test ||
		    profile_allows(d->emit->profile, call->id))
			continue;
		chance = &chances[index_of(ability)];
		if (!chance->n)
			*chance = (struct chance){
				.ability = ability, .rank = i,
				.seen = ability->calls &&
					digest_saw(d, ability->calls) };
		chance->calls[chance->n++] = call;
	}
}

/*
 * Abilities that no run used come first. Within both groups, those that matter
 * to a reviewer come first, and then those with the likeliest calls.
 */
static int by_weight(const void *a, const void *b)
{
	const struct chance *x = a, *y = b;
	const int order[] = {
		!x->n - !y->n,
		x->seen - y->seen,
		x->n && y->n ? y->ability->notable - x->ability->notable : 0,
		(x->rank > y->rank) - (x->rank < y->rank),
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (order[i])
			return order[i];
	return 0;
}

static bool is_earlier(const struct chance *c, size_t i, bool same_function)
{
	for (size_t j = 0; j < i; j++)
		if (!strcmp(c->calls[j]->reached->object,
			    c->calls[i]->reached->object) &&
		    (!same_function ||
		     !strcmp(c->calls[j]->reached->function,
			     c->calls[i]->reached->function)))
			return true;
	return false;
}

static bool has_instructions(const struct chance *c, const char *object)
{
	for (size_t i = 0; i < c->n; i++)
		if (!*c->calls[i]->reached->function &&
		    !strcmp(c->calls[i]->reached->object, object))
			return true;
	return false;
}

/*
 * Adds "imports unlink, rename", which are the functions through which the
 * object of calls[at] makes calls of this ability.
 */
static void put_functions(struct proposal *p, const struct chance *c, size_t at)
{
	const char *object = c->calls[at]->reached->object;
	bool has = has_instructions(c, object);
	size_t n = 0;

	if (has)
		because(p, xstrdup(" has the instructions"));
	for (size_t i = at; i < c->n; i++) {
		const struct graph_call *reached = c->calls[i]->reached;

		if (!*reached->function || strcmp(reached->object, object) ||
		    is_earlier(c, i, true))
			continue;
		if (n == FUNCTIONS_MAX) {
			because(p, xstrdup(" and more"));
			return;
		}
		because(p, xstrdup(n++ ? ", " : has ? " and imports " :
				   " imports "));
		because_of(p, xstrdup(reached->function));
	}
}

/*
 * Returns the object's name in reports: the file can have been executed by
 * another path.
 */
static char *object_text(const struct trace *t, const char *object)
{
	for (size_t i = 0; i < t->n_images; i++)
		if (t->images[i]->path && !strcmp(t->images[i]->path, object))
			return image_text(t, i);
	return xstrdup(object);
}

static void put_objects(struct proposal *p, const struct chance *c,
			const struct trace *t)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n && n < OBJECTS_MAX; i++) {
		if (is_earlier(c, i, false))
			continue;
		if (n++)
			because(p, xstrdup("; "));
		because_of(p, object_text(t, c->calls[i]->reached->object));
		put_functions(p, c, i);
	}
}

static void propose_chance(struct proposals *p, const struct chance *c,
			   const struct trace *t)
{
	const struct ability *ability = c->ability;
	struct proposal *new = propose(p, xasprintf("Add a run in which %s",
						    ability->test));
	char name[SYSCALL_NAME_MAX];

	for (size_t i = 0; i < c->n; i++)
		propose_call(new, syscall_label(c->calls[i]->id, name));
	because(new, xasprintf(!ability->calls ? "the program can %s, and no "
			       "run made these calls, which may be needed for "
			       "that: " : c->seen ? "the program can %s, and no "
			       "run made these calls for it: " : "the program "
			       "can %s, but no run did this: ", ability->text));
	put_objects(new, c, t);
}

void propose_by_code(struct proposals *p, const struct digest *d,
		     size_t from, size_t to)
{
	struct chance *chances;
	/* index_of(NULL) is the number of abilities */
	size_t n = index_of(NULL);

	if (!d->emit->lists_possible)
		return;
	chances = xcalloc(n, sizeof(*chances));
	find_chances(chances, d);
	array_sort(chances, n, sizeof(*chances), by_weight);
	for (size_t i = 0; i < n && chances[i].n; i++)
		if (i >= from && i < to)
			propose_chance(p, &chances[i], d->emit->trace);
	free(chances);
}
