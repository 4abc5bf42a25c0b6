/* SPDX-License-Identifier: Apache-2.0 */
/* Totals of a trace, and its lists in other orders. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/memory.h"
#include "stream/trace.h"

uint64_t fact_count(const struct fact *fact)
{
	uint64_t count = 0;

	for (size_t i = 0; i < fact->n_sightings; i++)
		count = count_add(count, fact->sightings[i].count);
	return count;
}

uint64_t fact_first_ns(const struct fact *fact)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < fact->n_sightings; i++)
		if (fact->sightings[i].first_ns < first)
			first = fact->sightings[i].first_ns;
	return first;
}

uint32_t fact_flags(const struct fact *fact)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < fact->n_sightings; i++)
		flags |= fact->sightings[i].flags;
	return flags;
}

bool fact_is_initial(const struct fact *fact)
{
	for (size_t i = 0; i < fact->n_sightings; i++)
		if (!(fact->sightings[i].flags & SIGHTING_INITIAL) ||
		    fact->sightings[i].count > 1)
			return false;
	return true;
}

const char *denial_text(int32_t answer, char buf[DENIAL_TEXT_MAX])
{
	const char *name = answer < 0 ? strerrorname_np(-answer) :
		sigabbrev_np(answer);

	if (answer < 0 && name)
		snprintf(buf, DENIAL_TEXT_MAX, "%s", name);
	else if (answer < 0)
		snprintf(buf, DENIAL_TEXT_MAX, "errno %d", -answer);
	else if (name)
		snprintf(buf, DENIAL_TEXT_MAX, "killed by SIG%s", name);
	else
		snprintf(buf, DENIAL_TEXT_MAX, "killed by signal %d", answer);
	return buf;
}

static int compare_totals(const void *a, const void *b)
{
	const struct call_total *x = a, *y = b;

	return call_id_compare(&x->id, &y->id);
}

/*
 * Joins neighbours that are the same call. Returns the new number of elements.
 */
static size_t fold(struct call_total *totals, size_t n)
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		struct call_total *last = &totals[used ? used - 1 : 0];

		if (!used || call_id_compare(&last->id, &totals[i].id)) {
			totals[used++] = totals[i];
			continue;
		}
		last->count = count_add(last->count, totals[i].count);
		last->flags |= totals[i].flags;
		if (totals[i].first_ns < last->first_ns)
			last->first_ns = totals[i].first_ns;
	}
	return used;
}

struct call_total *trace_totals(const struct trace *t,
				bool (*keep)(const struct fact *, void *),
				void *arg, size_t *n)
{
	struct call_total *totals = xcalloc(t->calls.n, sizeof(*totals));
	size_t used = 0;

	for (size_t i = 0; i < t->calls.n; i++) {
		const struct fact *call = t->calls.at[i];

		if (keep && !keep(call, arg))
			continue;
		totals[used++] = (struct call_total){
			.id = call->id,
			.count = fact_count(call),
			.first_ns = fact_first_ns(call),
			.flags = fact_flags(call),
		};
	}
	array_sort(totals, used, sizeof(*totals), compare_totals);
	*n = fold(totals, used);
	return totals;
}

enum { NO_GROUP = UINT32_MAX, MANY_GROUPS = UINT32_MAX - 1 };

/* A run of `sp-verify --learn` has only the calls that a profile denied. */
static bool is_whole(const struct run *run)
{
	return !run_is_harness(run) && !run_has_how(run, "verify");
}

/*
 * Numbers the recordings, and returns the number of each run's recording. The
 * caller frees the array.
 */
static uint32_t *number_recordings(const struct trace *t, uint32_t *n)
{
	uint32_t *numbers = xcalloc(t->n_runs + 1, sizeof(*numbers));

	*n = 0;
	for (size_t i = 0; i < t->n_runs; i++)
		numbers[i] = !is_whole(t->runs[i]) ? NO_GROUP :
			run_is_later_part(t->runs, i) ? *n - 1 : (*n)++;
	return numbers;
}

/*
 * Updates `only`, the number of the only recording that has the call: NO_GROUP
 * if none is known so far, MANY_GROUPS if there are several.
 */
static uint32_t only_recording(const struct fact *fact, const uint32_t *numbers,
			       uint32_t only)
{
	for (size_t i = 0; i < fact->n_sightings; i++) {
		uint32_t number = numbers[fact->sightings[i].run];

		if (number == NO_GROUP || number == only)
			continue;
		only = only == NO_GROUP ? number : MANY_GROUPS;
	}
	return only;
}

char *trace_seen_once(const struct trace *t)
{
	struct fact **calls;
	uint32_t n, *numbers, only = NO_GROUP;
	size_t all = 0, once = 0;

	numbers = number_recordings(t, &n);
	calls = facts_by_id(&t->calls);
	for (size_t i = 0; i < t->calls.n; i++) {
		only = only_recording(calls[i], numbers, only);
		if (i + 1 < t->calls.n &&
		    !call_id_compare(&calls[i]->id, &calls[i + 1]->id))
			continue;
		all += only != NO_GROUP;
		once += only < MANY_GROUPS;
		only = NO_GROUP;
	}
	free(calls);
	free(numbers);
	return n < 2 ? NULL :
		xasprintf("%zu of %zu calls %s seen in one run only", once, all,
			  once == 1 ? "was" : "were");
}

const char *image_name(const struct image *image)
{
	return image->path ? image->path : "(other)";
}

static int by_id(const void *a, const void *b)
{
	const struct fact *x = *(struct fact *const *)a;
	const struct fact *y = *(struct fact *const *)b;
	int order = call_id_compare(&x->id, &y->id);

	if (!order)
		order = (x->answer > y->answer) - (x->answer < y->answer);
	if (!order)
		order = (x->image > y->image) - (x->image < y->image);
	return order ? order : detail_compare(x, y);
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Puts the most informative names first. */
static int compare_names(const struct fact *a, const struct fact *b)
{
	bool x = a->id.nr != NAME_OPENED || a->detail[0] != '/';
	bool y = b->id.nr != NAME_OPENED || b->detail[0] != '/';

	return x != y ? x - y : by_id(&a, &b);
}

/* A link in /proc, or the image's own path, does not identify the program. */
static bool tells_more(const char *name, const char *path)
{
	return strncmp(name, "/proc/", strlen("/proc/")) &&
		strcmp(last_component(name), last_component(path));
}

/*
 * Returns the first name of the image that differs from its path; NULL: it has
 * none.
 */
static const struct fact *other_name(const struct trace *t, uint32_t image)
{
	const char *path = image_name(t->images[image]);
	const struct fact *found = NULL;
	size_t n;
	struct fact *const *names = trace_names(t, image, &n);

	for (size_t i = 0; i < n; i++) {
		char *name = path_of_fact(names[i]);

		if (tells_more(name, path) &&
		    (!found || compare_names(names[i], found) < 0))
			found = names[i];
		free(name);
	}
	return found;
}

char *image_text(const struct trace *t, uint32_t image)
{
	const char *path = image_name(t->images[image]);
	const struct fact *fact = other_name(t, image);
	char *name, *text;

	if (!fact)
		return xstrdup(path);
	name = path_of_fact(fact);
	text = xasprintf("%s (%s %s)", path, fact->id.nr == NAME_OPENED ?
			 "executed as" : "which calls itself", name);
	free(name);
	return text;
}

struct fact **facts_by_id(const struct facts *facts)
{
	struct fact **list = xcalloc(facts->n + 1, sizeof(*list));

	for (size_t i = 0; i < facts->n; i++)
		list[i] = facts->at[i];
	qsort(list, facts->n, sizeof(*list), by_id);
	return list;
}

struct fact **facts_of_call(struct fact **list, size_t n, struct call_id id,
			    size_t *count)
{
	size_t first = 0, half;

	for (size_t left = n; left; left = half) {
		half = left / 2;
		if (call_id_compare(&list[first + half]->id, &id) >= 0)
			continue;
		first += half + 1;
		half = left - half - 1;
	}
	for (*count = 0; first + *count < n; ++*count)
		if (call_id_compare(&list[first + *count]->id, &id))
			break;
	return list + first;
}
