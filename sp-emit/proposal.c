/* SPDX-License-Identifier: Apache-2.0 */
/* Proposes tests for abilities that the runs themselves show to be untested. */
#include "proposal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/text.h"
#include "kernel/path.h"
#include "names.h"
#include "stream/ending.h"

enum {
	/*
	 * the number of proposals from the code that precede those about single
	 * runs
	 */
	FROM_CODE_FIRST = 5,
	RUNS_MAX = 3,		/* the number of runs that one proposal names */
	NAMES_MAX = 4,
	/* Limits, because a stream can have very many runs and paths. */
	MARKS_MAX = 200,	/* runs whose marks are counted */
	MISSING_MAX = 200,	/* paths that are looked up */
};

struct proposal *propose(struct proposals *p, char *test)
{
	struct proposal *new;

	p->at = xgrow(p->at, p->n, sizeof(*p->at));
	new = &p->at[p->n++];
	memset(new, 0, sizeof(*new));
	new->test = test;
	return new;
}

static void add_part(struct proposal *p, char *text, bool outside)
{
	p->why = xgrow(p->why, p->n_why, sizeof(*p->why));
	p->why[p->n_why++] = (struct proposal_part){ text, outside };
}

void because(struct proposal *p, char *text)
{
	add_part(p, text, false);
}

void because_of(struct proposal *p, char *name)
{
	add_part(p, name, true);
}

void propose_call(struct proposal *p, const char *name)
{
	p->calls = xgrow(p->calls, p->n_calls, sizeof(*p->calls));
	p->calls[p->n_calls++] = xstrdup(name);
}

bool digest_is_initial(const struct digest_call *call)
{
	for (size_t i = 0; i < call->n_facts; i++)
		if (!fact_is_initial(call->facts[i]))
			return false;
	return true;
}

bool digest_saw(const struct digest *d, const char *calls)
{
	char name[SYSCALL_NAME_MAX];

	for (size_t i = 0; i < d->n; i++)
		if (d->calls[i].observed && !digest_is_initial(&d->calls[i]) &&
		    syscall_name(d->calls[i].id, name) &&
		    text_has_word(calls, name))
			return true;
	return false;
}

/* Returns how often the call was made, on all architectures together. */
static uint64_t times(const struct digest *d, const char *name)
{
	char buf[SYSCALL_NAME_MAX];
	const char *own;
	uint64_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		own = syscall_name(d->calls[i].id, buf);
		if (own && !strcmp(own, name))
			n = count_add(n, d->calls[i].count);
	}
	return n;
}

static const struct run *run_at(const struct digest *d, size_t i)
{
	return d->emit->trace->runs[i];
}

/*
 * Only the first part of a recording counts, since the others have its status.
 */
static void propose_repeats(struct proposals *p, const struct digest *d)
{
	struct proposal *new;
	size_t n = 0;

	if (!d->failed)
		return;
	new = propose(p, xstrdup("Repeat the failed runs until they succeed"));
	for (size_t i = 0; i < d->emit->trace->n_runs && n < RUNS_MAX; i++) {
		const struct run *run = run_at(d, i);

		if (run_is_later_part(d->emit->trace->runs, i) ||
		    !ending_is_failure(run))
			continue;
		because(new, xstrdup(n++ ? "; run " : "run "));
		because_of(new, xstrdup(run->name));
		because(new, xstrdup(" "));
		because(new, ending_text(run));
	}
	if (d->failed > n)
		because(new, xasprintf("; and %zu more runs failed",
				       d->failed - n));
	because(new, xstrdup("; a run that fails early has not made all of its "
			     "calls"));
}

/* Attached recordings lack the start of the program. */
static void propose_start(struct proposals *p, const struct digest *d)
{
	const struct trace *t = d->emit->trace;

	for (size_t i = 0; i < t->n_runs; i++)
		if (!run_is_blind(t->runs[i], RUN_BLIND_START))
			return;
	if (!t->n_runs)
		return;
	because(propose(p, xstrdup("Record a start of the program: sp-record "
				   "with its command, or with --unit and "
				   "--restart")),
		xstrdup("each recording attached to a program that ran "
			"already, so the calls of its start are missing"));
}

static bool was_stopped(const struct run *run)
{
	return run->has_status && run->status != -9 /* SIGKILL */;
}

static void propose_stop(struct proposals *p, const struct digest *d)
{
	const struct trace *t = d->emit->trace;

	for (size_t i = 0; i < t->n_runs; i++)
		if (was_stopped(t->runs[i]))
			return;
	if (!t->n_runs)
		return;
	because(propose(p, xstrdup("Add a run in which the program is stopped "
				   "while it is recorded")),
		xstrdup("no recording shows how the program ends by itself or "
			"at SIGTERM"));
}

static void put_addresses(struct proposal *p, const struct trace *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->sockets.n && n < NAMES_MAX; i++) {
		const struct fact *fact = t->sockets.at[i];
		const char *name = socket_operation_name(fact->id.nr);

		if (!name || strcmp(name, "bind") || fact->answer)
			continue;
		because(p, xstrdup(n++ ? ", " : "; it was bound to "));
		because_of(p, socket_text(fact));
	}
}

static void propose_clients(struct proposals *p, const struct digest *d)
{
	struct proposal *new;

	if (!digest_saw(d, " listen ") || digest_saw(d, " accept accept4 "))
		return;
	new = propose(p, xstrdup("Add a run in which clients connect"));
	propose_call(new, "accept4");
	because(new, xasprintf("the program listens (%" PRIu64 " × listen), and "
			       "no run accepted a connection",
			       times(d, "listen")));
	put_addresses(new, d->emit->trace);
}

/*
 * Programs handle signals in two ways: a handler ends with rt_sigreturn, or the
 * program waits for signals.
 */
static void propose_signals(struct proposals *p, const struct digest *d)
{
	struct proposal *new;

	if (!digest_saw(d, " rt_sigaction sigaction ") ||
	    digest_saw(d, " rt_sigreturn sigreturn signalfd signalfd4 "
		       "rt_sigtimedwait "))
		return;
	new = propose(p, xstrdup("Add runs in which it gets each signal that it "
				 "handles: to reload, to reopen its logs, to "
				 "stop"));
	propose_call(new, "rt_sigreturn");
	because(new, xasprintf("it sets what signals do (%" PRIu64
			       " × rt_sigaction), and no run returned from a "
			       "handler", times(d, "rt_sigaction")));
}

/* Proposes to repeat runs that did not get to a mark. */
static void propose_phases(struct proposals *p, const struct digest *d)
{
	const struct trace *t = d->emit->trace;

	for (size_t i = 0; i < t->n_runs && i < MARKS_MAX; i++) {
		const char *mark = t->runs[i]->mark;
		size_t n = 0, first = t->n_runs;
		struct proposal *new;

		for (size_t j = 0; mark && j < t->n_runs; j++) {
			if (!t->runs[j]->mark || strcmp(t->runs[j]->mark, mark))
				continue;
			first = j < first ? j : first;
			n++;
		}
		if (!mark || first < i || n >= d->recordings)
			continue;
		new = propose(p, xstrdup("Repeat the runs that end too early, "
					 "until they get to each mark"));
		because(new, xasprintf("%zu of %zu recordings got to the mark ",
				       n, d->recordings));
		because_of(new, xstrdup(mark));
		return;
	}
}

static bool have_one_command(const struct trace *t)
{
	static const struct unit_choice by_command = { UNIT_ARGV };

	for (size_t i = 1; i < t->n_runs; i++)
		if (!run_is_later_part(t->runs, i) &&
		    unit_compare(t->runs[0], t->runs[i], &by_command))
			return false;
	return t->n_runs && t->runs[0]->argv;
}

static void propose_variation(struct proposals *p, const struct digest *d)
{
	const struct trace *t = d->emit->trace;
	struct proposal *new;

	if (!have_one_command(t))
		return;
	new = propose(p, xstrdup("Add runs with other options and another "
				 "configuration"));
	because(new, xstrdup(d->recordings == 1 ?
			     "the only run has the command line " :
			     "all runs have the command line "));
	because_of(new, digest_command(t->runs[0]));
}

static void propose_like(struct proposals *p, const struct digest *d,
			 size_t run)
{
	struct proposal *new = propose(p, xstrdup("Add runs with other data, "
						  "like"));

	new->like = xstrdup(run_at(d, run)->name);
	because(new, xasprintf("%s made these calls: similar tests may make "
			       "others", d->words->others));
	for (size_t i = 0; i < d->n; i++)
		if (d->calls[i].n_groups == 1 && d->calls[i].only_run == run)
			propose_call(new, d->calls[i].name);
}

/* Names runs with calls that no other group of runs made, most calls first. */
static void propose_lone(struct proposals *p, const struct digest *d)
{
	size_t n_runs = d->emit->trace->n_runs;
	size_t *lone = xcalloc(n_runs + 1, sizeof(*lone));

	for (size_t i = 0; i < d->n && d->discovery.units > 1; i++)
		if (d->calls[i].n_groups == 1)
			lone[d->calls[i].only_run]++;
	for (size_t n = 0; n < RUNS_MAX; n++) {
		size_t best = 0;

		for (size_t i = 1; i < n_runs; i++)
			if (lone[i] > lone[best])
				best = i;
		if (!n_runs || !lone[best])
			break;
		propose_like(p, d, best);
		lone[best] = 0;
	}
	free(lone);
}

/*
 * Whether the path is in a directory where every program looks for libraries,
 * locales and commands. Such paths say little about the program. A shell also
 * looks for commands in each directory of $PATH.
 */
static bool is_usual(const char *path)
{
	static const char *const below[] = {
		"/lib", "/usr/lib", "/usr/local/lib", "/proc/", "/sys/",
		"/dev/", "/usr/share/locale", "/etc/ld.so.", "/var/run/nscd/", "/run/nscd/", "/usr/share/",
		"/tmp/", "/etc/localtime",
	};

	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++)
		if (!strncmp(path, below[i], strlen(below[i])))
			return true;
	return path[0] != '/' || strstr(path, "/bin/") ||
		strstr(path, "/sbin/");
}

static bool was_found(const struct trace *t, const struct fact *missing)
{
	for (size_t i = 0; i < t->paths.n; i++)
		if (!t->paths.at[i]->answer &&
		    !detail_compare(t->paths.at[i], missing))
			return true;
	return false;
}

/*
 * Returns the path of a failed lookup, which the caller frees. Returns NULL if
 * the path says nothing about the program.
 */
static char *missing_path(const struct fact *fact)
{
	uint32_t own = fact->id.nr;
	char *path;

	if (fact->answer != -ENOENT || !(own & (NAME_READ | NAME_LOOK)) ||
	    own & (NAME_CUT | NAME_UNREAD))
		return NULL;
	path = path_of_fact(fact);
	if (!is_usual(path))
		return path;
	free(path);
	return NULL;
}

static bool is_named(const struct fact *const *named, size_t n,
		     const struct fact *fact)
{
	for (size_t i = 0; i < n; i++)
		if (!detail_compare(named[i], fact))
			return true;
	return false;
}

static void propose_files(struct proposals *p, const struct digest *d)
{
	const struct trace *t = d->emit->trace;
	const struct fact *named[NAMES_MAX];
	struct proposal *new = NULL;
	size_t n = 0, tried = 0;

	for (size_t i = 0; i < t->paths.n && n < NAMES_MAX &&
	     tried < MISSING_MAX; i++) {
		const struct fact *fact = t->paths.at[i];
		char *path = missing_path(fact);

		tried += !!path;
		if (!path || is_named(named, n, fact) || was_found(t, fact)) {
			free(path);
			continue;
		}
		if (!new)
			new = propose(p, xstrdup("Add a run in which these "
						 "files exist"));
		because(new, xstrdup(n ? ", " : "it looked for "));
		because_of(new, path);
		named[n++] = fact;
	}
	if (new)
		because(new, xstrdup(", and no run had them"));
}

struct proposals *proposals_new(const struct digest *d)
{
	struct proposals *p = xcalloc(1, sizeof(*p));

	propose_start(p, d);
	propose_repeats(p, d);
	propose_clients(p, d);
	propose_signals(p, d);
	propose_stop(p, d);
	propose_phases(p, d);
	propose_by_code(p, d, 0, FROM_CODE_FIRST);
	propose_lone(p, d);
	propose_variation(p, d);
	propose_files(p, d);
	propose_by_code(p, d, FROM_CODE_FIRST, SIZE_MAX);
	return p;
}

void proposals_free(struct proposals *p)
{
	for (size_t i = 0; p && i < p->n; i++) {
		struct proposal *one = &p->at[i];

		for (size_t j = 0; j < one->n_calls; j++)
			free(one->calls[j]);
		for (size_t j = 0; j < one->n_why; j++)
			free(one->why[j].text);
		free(one->calls);
		free(one->why);
		free(one->test);
		free(one->like);
	}
	if (p)
		free(p->at);
	free(p);
}

const char *proposals_hint(const struct digest *d)
{
	return d->emit->lists_possible ? NULL :
		"With --possible, sp-emit also reads the executables, and "
		"proposes tests for calls that they can make but no run made";
}
