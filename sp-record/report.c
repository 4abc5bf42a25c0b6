/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "kernel/operation.h"
#include "kernel/path.h"
#include "names.h"
#include "process/describe.h"

static bool calls_io_uring(const struct trace *trace)
{
	char buf[SYSCALL_NAME_MAX];

	for (size_t i = 0; i < trace->calls.n; i++) {
		const char *name = syscall_name(trace->calls.at[i]->id, buf);

		if (name && !strncmp(name, "io_uring_", 9))
			return true;
	}
	return trace->operations.n;
}

static void describe_blindness(struct run *run, bool used_io_uring,
			       const struct tracer_glance *glance,
			       const char *withheld)
{
	char *text;

	if (withheld) {
		text = xasprintf("processes that belong to another user or "
				 "have more privileges than sp-record: %s",
				 withheld);
		describe_append(&run->blind, text);
		free(text);
	}
	if (glance->unwatched)
		describe_append(&run->blind, "calls that a seccomp filter "
				"answered itself just after it was loaded");
	if (used_io_uring && !glance->sees_operations)
		describe_append(&run->blind, "operations of io_uring, which "
				"are no system calls: no filter sees them");
	if (run_has_how(run, "privileges") && !glance->sees_capabilities)
		describe_append(&run->blind, RUN_BLIND_CAPABILITIES);
}

void report_blindness(const struct trace *trace,
		      const struct tracer_glance *glance, const char *withheld)
{
	bool used = calls_io_uring(trace);

	for (size_t i = 0; i < trace->n_runs; i++)
		describe_blindness(trace->runs[i], used, glance, withheld);
}

/*
 * Returns a list of one kind of fact, such as "openat 3, read 12"; the caller
 * frees it.
 */
static char *list_facts(const struct facts *facts,
			char *(*describe_fact)(const struct fact *))
{
	char *text = xstrdup("");

	for (size_t i = 0; i < facts->n; i++) {
		char *one = describe_fact(facts->at[i]);

		text_append(&text, ", ", one);
		free(one);
	}
	return text;
}

static char *operation_text(const struct fact *fact)
{
	char buf[OPERATION_NAME_MAX];

	return xasprintf("%s %" PRIu64, operation_name(fact->id.nr, buf),
			 fact_count(fact));
}

static char *denied_text(const struct fact *fact)
{
	char buf[SYSCALL_NAME_MAX], answer[DENIAL_TEXT_MAX];

	return xasprintf("%s %s", syscall_label(fact->id, buf),
			 denial_text(fact->answer, answer));
}

static void report_facts(const struct trace *trace)
{
	char *text;

	if (trace->denials.n) {
		text = list_facts(&trace->denials, denied_text);
		message_note("denied by a filter that was already in "
			     "force: %s", text);
		free(text);
	}
	if (trace->operations.n) {
		text = list_facts(&trace->operations, operation_text);
		message_note("done by io_uring, where no filter sees it: %s",
			     text);
		free(text);
	}
}

static bool is_lost(enum fact_kind kind, const struct fact *fact)
{
	return fact->id.nr & (kind == FACT_PATH ? (int)NAME_LOST : SOCKET_LOST);
}

/* Returns the data that are known about lost names: "read of a path 2". */
static char *lost_text(enum fact_kind kind, const struct fact *fact)
{
	char *access = kind == FACT_PATH ? access_text(fact->id.nr) :
		xstrdup(socket_operation_name(fact->id.nr));
	char *text = xasprintf("%s of %s %" PRIu64, access,
			       kind == FACT_PATH ? "a path" : "an address",
			       fact_count(fact));

	free(access);
	return text;
}

/*
 * Reports names that were lost for lack of room. sp-emit refuses formats that
 * need them.
 */
static void report_lost_names(const struct trace *trace)
{
	static const enum fact_kind kinds[] = { FACT_PATH, FACT_SOCKET };
	char *list = xstrdup("");

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < trace->facts[kinds[k]].n; i++) {
			const struct fact *fact = trace->facts[kinds[k]].at[i];
			char *one;

			if (!is_lost(kinds[k], fact))
				continue;
			one = lost_text(kinds[k], fact);
			text_append(&list, ", ", one);
			free(one);
		}
	if (*list)
		message_note("lost names, but no call: %s", list);
	free(list);
}

void report_losses(const struct run *run, const struct trace *trace,
		   const struct tracer_glance *glance)
{
	static const struct {
		const char *kind, *text;
	} texts[] = {
		{ "call", "calls were lost" },
		{ "task", "tasks could not be followed" },
		{ "image", "executions are attributed to no image" },
		{ "detail", "details were lost, but no call" },
		{ "name", "names of executed files were lost, but no call: "
		  "--image and --tree may not find the executables by them" },
		{ "path", "paths or addresses were lost, but no call" },
		{ "stack", "stacks were lost, but no call" },
		{ "mapping", "records of mapped files were lost: some stacks "
		  "can end early" },
		{ "privilege", "uses of capabilities were lost, but no call" },
		{ "event", "events were lost: the reader was too slow; the "
		  "counts have their calls" },
		{ "result", "results or paths of descriptors were lost, but "
		  "no call" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (run_lost(run, texts[i].kind))
			message_note("%llu %s", (unsigned long long)
				     run_lost(run, texts[i].kind),
				     texts[i].text);
	report_lost_names(trace);
	if (glance->skippable && run_lost(run, "call"))
		message_note("the kernel may have skipped them, since trace "
			     "events could not be used: record as root, with "
			     "tracefs at /sys/kernel/tracing");
}

void report_splits(const struct split *split, const struct splits_read *splits)
{
	uint64_t executions, joined = splits_joined(splits, &executions);
	uint64_t unread = splits_unread(splits);

	if (!splits_count(splits))
		message_note("--split: no run began: %s", split->how ==
			     SPLIT_BY_CHILDREN ? "the command had no child" :
			     split->how == SPLIT_BY_EXEC ? "no program with "
			     "such a name was executed" : "nothing was written "
			     "to the FIFO");
	if (joined)
		message_note("--split: the last run has the calls of %" PRIu64
			     " runs, since there were too many", joined);
	if (executions)
		message_note("--split: the last run has the calls of %" PRIu64
			     " more executions, since the table of images was "
			     "full", executions);
	if (unread)
		message_note("--split: %" PRIu64 " run%s no name, since the "
			     "mark's text was not in memory yet", unread,
			     unread == 1 ? " has" : "s have");
}

void report_missing(const struct log *log, const struct trace *trace)
{
	enum { NAMED = 8 };
	char *text = xstrdup(""), buf[SYSCALL_NAME_MAX];
	struct call_total *missing;
	size_t n;

	missing = log_missing(log, trace, &n);
	for (size_t i = 0; i < n && i < NAMED; i++) {
		char *longer = xasprintf("%s%s%s %" PRIu64, text,
					 i ? ", " : "",
					 syscall_label(missing[i].id, buf),
					 missing[i].count);

		free(text);
		text = longer;
	}
	if (n)
		message_note("calls without their events: %s%s", text,
			     n > NAMED ? ", ..." : "");
	free(missing);
	free(text);
}

static void print_totals(const struct trace *trace, const struct recording *r,
			 uint64_t tasks)
{
	unsigned long long calls = 0;
	struct call_total *totals;
	char status[64] = "";
	size_t n;

	totals = trace_totals(trace, NULL, NULL, &n);
	for (size_t i = 0; i < n; i++)
		calls += totals[i].count;
	free(totals);
	if (r->status < 0)
		snprintf(status, sizeof(status), ", killed by SIG%s",
			 sigabbrev_np(-r->status));
	else if (r->status)
		snprintf(status, sizeof(status), ", exit status %d", r->status);
	message_note("%llu call%s, %zu distinct, %llu task%s, %zu image%s, "
		     "%.3f s%s", calls, calls == 1 ? "" : "s", n, (unsigned long long)tasks,
		     tasks == 1 ? "" : "s", trace->n_images,
		     trace->n_images == 1 ? "" : "s", r->duration_ns / 1e9,
		     status);
}

/*
 * Reports what a run could not see. Texts of earlier runs are not printed
 * again.
 */
static void report_blind(const struct trace *trace, size_t run)
{
	for (char **s = trace->runs[run]->blind; *s; s++) {
		size_t before = 0;

		while (before < run && !run_is_blind(trace->runs[before], *s))
			before++;
		if (before == run)
			message_note("not seen: %s", *s);
	}
}

void report_summary(const struct trace *trace, const struct recording *r,
		    uint64_t tasks)
{
	char *once = trace_seen_once(trace);

	report_facts(trace);
	for (size_t i = 0; i < trace->n_runs; i++)
		report_blind(trace, i);
	print_totals(trace, r, tasks);
	if (once)
		message_note("%s", once);
	free(once);
}
