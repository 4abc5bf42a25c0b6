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

static bool is_earlier(const struct run *a, const struct run *b)
{
	if (a->start_ns != b->start_ns)
		return a->start_ns < b->start_ns;
	return memcmp(a->id, b->id, RUN_ID_SIZE) < 0;
}

/* What the earlier runs of a run's name tell of it. */
struct precedent {
	const struct run *run, *other;	/* one that ended in another way */
	bool is_same;			/* one ended in the same way */
};

/* `all`: whenever they were. */
static void look_at(struct precedent *p, const struct trace *t, bool all)
{
	for (size_t i = 0; t && i < t->n_runs; i++) {
		const struct run *run = t->runs[i];

		if (!run->has_status || strcmp(run->name, p->run->name) ||
		    !(all || is_earlier(run, p->run)))
			continue;
		if (run->status == p->run->status)
			p->is_same = true;
		else
			p->other = run;
	}
}

static bool has_run(const struct trace *t, const struct run *run)
{
	for (size_t i = 0; t && i < t->n_runs; i++)
		if (!memcmp(t->runs[i]->id, run->id, RUN_ID_SIZE))
			return true;
	return false;
}

enum { NAME_BYTES = 60, ID_DIGITS = 8 };

/* A command line can be long. */
static char *describe(const struct precedent *p)
{
	char *name = text_printable(p->run->name), *how = ending_text(p->run);
	char *then = p->other && !p->is_same ? ending_text(p->other) : NULL;
	char id[RUN_ID_HEX], *text;
	size_t n = strlen(name), kept = n < NAME_BYTES ? n : NAME_BYTES;

	while (kept < n && (name[kept] & 0xc0) == 0x80)	/* inside of UTF-8 */
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

char **endings_to_name(const struct trace *t, const struct trace *before,
		       bool *failed)
{
	char **texts = xcalloc(t->n_runs + 1, sizeof(*texts));
	size_t n = 0;

	*failed = false;
	for (size_t i = 0; i < t->n_runs; i++) {
		struct precedent p = { .run = t->runs[i] };
		bool has_other;

		if (!p.run->has_status || has_run(before, p.run) ||
		    run_is_later_part(t->runs, i))
			continue;
		look_at(&p, t, false);
		look_at(&p, before, true);
		has_other = p.other || p.run->status > 0;
		if (!has_crashed(p.run) && (!has_other || p.is_same))
			continue;
		texts[n++] = describe(&p);
		*failed |= p.run->status;
	}
	return texts;
}

bool endings_note(const struct trace *t, const struct trace *before,
		  const char *file)
{
	enum { NAMED = 8 };
	bool failed;
	char **texts = endings_to_name(t, before, &failed);
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
