/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/ending.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"

char *ending_text(const struct run *run)
{
	const char *name = run->status < 0 ? sigabbrev_np(-run->status) : NULL;

	if (name)
		return xasprintf("was killed by SIG%s", name);
	return xasprintf(run->status < 0 ? "was killed by signal %d" :
			 "exited with %d", abs(run->status));
}

static bool has_crashed(const struct run *run)
{
	return run->status < 0 && run->status != -SIGHUP &&
	       run->status != -SIGINT && run->status != -SIGTERM;
}

bool ending_is_failure(const struct run *run)
{
	return run->has_status && (run->status > 0 || has_crashed(run));
}

/* A run, and data about the earlier runs of the same name. */
struct precedent {
	/* an earlier run ended in another way */
	const struct run *run, *other;
	/* an earlier run ended in the same way */
	bool is_same;
	/* the run is one of `before`, so it is earlier whatever its time */
	bool is_before;
	size_t at;			/* in its trace */
};

static int compare_times(const struct precedent *a, const struct precedent *b)
{
	if (a->is_before != b->is_before)
		return a->is_before ? -1 : 1;
	if (a->run->start_ns != b->run->start_ns)
		return a->run->start_ns < b->run->start_ns ? -1 : 1;
	return memcmp(a->run->id, b->run->id, RUN_ID_SIZE);
}

static int by_name(const void *a, const void *b)
{
	const struct precedent *x = a, *y = b;

	return strcmp(x->run->name, y->run->name) ?: compare_times(x, y);
}

static int by_status(const void *a, const void *b)
{
	const struct precedent *x = a, *y = b;
	int32_t one = x->run->status, two = y->run->status;

	return strcmp(x->run->name, y->run->name) ?:
		((one > two) - (one < two) ?: compare_times(x, y));
}

static int by_place(const void *a, const void *b)
{
	const struct precedent *x = a, *y = b;

	if (x->is_before != y->is_before)
		return x->is_before ? 1 : -1;
	return (x->at > y->at) - (x->at < y->at);
}

static bool have_one_name(const struct precedent *a, const struct precedent *b)
{
	return !strcmp(a->run->name, b->run->name);
}

static size_t add_runs(struct precedent *to, const struct trace *t,
		       bool is_before)
{
	size_t n = 0;

	for (size_t i = 0; t && i < t->n_runs; i++)
		if (t->runs[i]->has_status)
			to[n++] = (struct precedent){
				.run = t->runs[i], .is_before = is_before,
				.at = i,
			};
	return n;
}

/*
 * Finds, for each run, the last earlier run with another status. The runs are
 * sorted by name and time.
 */
static void find_others(struct precedent *all, size_t n)
{
	const struct run *last = NULL, *another = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct run *run = all[i].run;

		if (!i || !have_one_name(&all[i - 1], &all[i]))
			last = another = NULL;
		if (last && last->status != run->status)
			another = last;
		all[i].other = another;
		last = run;
	}
}

/*
 * Judges each run that has a status: the runs of `t` in its order, then those
 * of `before`. The caller frees the array. There can be many runs, so sorting
 * is used for every search.
 */
static struct precedent *find_precedents(const struct trace *t,
					 const struct trace *before, size_t *n)
{
	struct precedent *all = xcalloc(t->n_runs +
					(before ? before->n_runs : 0),
					sizeof(*all));

	*n = add_runs(all, t, false);
	*n += add_runs(all + *n, before, true);
	qsort(all, *n, sizeof(*all), by_name);
	find_others(all, *n);
	qsort(all, *n, sizeof(*all), by_status);
	for (size_t i = 1; i < *n; i++)
		all[i].is_same = have_one_name(&all[i - 1], &all[i]) &&
			all[i - 1].run->status == all[i].run->status;
	qsort(all, *n, sizeof(*all), by_place);
	return all;
}

static int by_id(const void *a, const void *b)
{
	return memcmp((*(struct run *const *)a)->id,
		      (*(struct run *const *)b)->id, RUN_ID_SIZE);
}

/* Returns the runs by id; the caller frees. */
static struct run **sort_ids(const struct trace *t)
{
	struct run **ids;

	if (!t)
		return NULL;
	ids = xmemdup(t->runs, t->n_runs * sizeof(*ids));
	qsort(ids, t->n_runs, sizeof(*ids), by_id);
	return ids;
}

enum { NAME_BYTES = 60, ID_DIGITS = 8 };

/*
 * Returns a text that names the run. The name is cut, since it can be a long
 * command line.
 */
static char *describe(const struct precedent *p)
{
	char *name = text_printable(p->run->name), *how = ending_text(p->run);
	char *then = p->other && !p->is_same ? ending_text(p->other) : NULL;
	char id[RUN_ID_HEX], *text;
	size_t n = strlen(name), kept = n < NAME_BYTES ? n : NAME_BYTES;

	/* do not cut within a UTF-8 character */
	while (kept < n && (name[kept] & 0xc0) == 0x80)
		kept--;
	text = xasprintf("run %.*s%s (%.*s) %s%s%s%s", (int)kept, name,
			 kept < n ? "..." : "", ID_DIGITS,
			 run_id_hex(p->run, id), how,
			 then ? ", an earlier one of that name " : "",
			 then ? then : "",
			 p->run->status ? ": it may lack calls" : "");
	free(then);
	free(how);
	free(name);
	return text;
}

static bool is_to_name(const struct precedent *p)
{
	bool has_other = p->other || p->run->status > 0;

	return has_crashed(p->run) || (has_other && !p->is_same);
}

/*
 * Returns the suspicious runs as texts, "run NAME (1a2b3c4d) exited with 3". The
 * list ends with NULL; the caller frees it and its texts. *failed becomes true if
 * one of the runs did not exit with 0.
 */
static char **suspicious_runs(const struct trace *t, const struct trace *before,
			      bool *failed)
{
	char **texts = xcalloc(t->n_runs + 1, sizeof(*texts));
	struct run **known = sort_ids(before);
	size_t n_all, n = 0;
	struct precedent *all = find_precedents(t, before, &n_all);

	*failed = false;
	for (size_t i = 0; i < n_all && !all[i].is_before; i++) {
		const struct run *run = all[i].run;

		if (!is_to_name(&all[i]) || run_is_later_part(t->runs, all[i].at) ||
		    (known && bsearch(&run, known, before->n_runs,
				      sizeof(*known), by_id)))
			continue;
		texts[n++] = describe(&all[i]);
		*failed |= run->status;
	}
	free(all);
	free(known);
	return texts;
}

bool endings_note(const struct trace *t, const struct trace *before,
		  const char *file)
{
	enum { NAMED = 8 };
	bool failed;
	char **texts = suspicious_runs(t, before, &failed);
	size_t n = 0;

	for (; texts[n]; n++) {
		if (n < NAMED)
			message_note("%s%s%s", file ? file : "",
				     file ? ": " : "", texts[n]);
		free(texts[n]);
	}
	if (n > NAMED)
		message_note("%s%s%zu more like these", file ? file : "",
			     file ? ": " : "", n - NAMED);
	free(texts);
	return failed;
}
