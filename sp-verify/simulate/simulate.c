/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/simulate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "profile/host.h"
#include "report/verdict.h"

/* The losses by which a call of the workload can be missing. */
static const char *const touching[] = { "call", "task" };
enum { N_TOUCHING = sizeof(touching) / sizeof(touching[0]) };

static bool run_is_usable(const struct run *run, bool partial)
{
	char id[RUN_ID_HEX];
	bool fine = true;

	run_id_hex(run, id);
	for (size_t i = 0; i < N_TOUCHING; i++) {
		uint64_t lost = run_lost(run, touching[i]);

		if (!lost)
			continue;
		(partial ? message_note : message_error)(
			"run %s: %" PRIu64 " lost (%s): the trace does not "
			"hold all calls", id, lost, touching[i]);
		fine = partial;
	}
	if (!run->complete) {
		(partial ? message_note : message_error)(
			"run %s: not complete", id);
		fine = fine && partial;
	}
	return fine;
}

bool trace_is_whole(const struct trace *t)
{
	bool whole = true;

	for (size_t i = 0; i < t->n_runs; i++)
		for (size_t k = 0; k < N_TOUCHING; k++)
			whole &= t->runs[i]->complete &&
				!run_lost(t->runs[i], touching[k]);
	return whole;
}

bool trace_is_usable(const struct trace *t, bool partial)
{
	bool fine = true;

	for (size_t i = 0; i < t->n_runs; i++)
		fine &= run_is_usable(t->runs[i], partial);
	if (fine && !t->calls.n) {
		message_error("the trace has no calls");
		return false;
	}
	if (!fine)
		message_note("--allow-partial verifies the recorded calls");
	return fine;
}

/* The facts to judge, with tables to find those of a call. */
struct judged {
	const struct filter *filter;
	const struct trace *trace;
	struct report *report;
	struct fact **calls, **arguments;	/* facts_by_id() */
};

static void add_violation(const struct judged *j,
			  const struct call_total *total,
			  const struct filter_answers *answers)
{
	const struct trace *t = j->trace;
	char *answer = verdict_text(answers);
	size_t n;
	struct fact **calls = facts_of_call(j->calls, t->calls.n, total->id,
					    &n);

	for (size_t i = 0; i < n; i++) {
		const struct fact *call = calls[i];

		report_add(j->report, &(struct violation){
			.id = total->id, .answer = answer,
			.image = image_name(t->images[call->image]),
			.has_time = true, .time_ns = fact_first_ns(call),
			.count = fact_count(call),
		});
	}
	free(answer);
}

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += n)
		if ((at == list || at[-1] == ' ') && (!at[n] || at[n] == ','))
			return true;
	return false;
}

/* Adds the name of a call to a list, once. */
static void append(struct text_list *list, struct call_id id)
{
	char buf[SYSCALL_NAME_MAX];
	const char *name = syscall_label(id, buf);

	if (!list->text || !has_word(list->text, name))
		text_list_add(list, name);
}

static enum verdict judge_values(const struct filter *filter,
				 const struct trace *t,
				 const struct fact *fact,
				 struct report *report)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	size_t n = argument_values(fact, values);
	struct filter_answers answers;
	enum verdict verdict;
	char *answer, *given, *text;

	filter_run_known(filter, fact->id, values, n, &answers);
	verdict = verdict_of(&answers);
	if (verdict != VERDICT_DENIED)
		return verdict;
	answer = verdict_text(&answers);
	given = argument_text(fact->id, values, n);
	text = xasprintf("%s with %s", answer, given);
	report_add(report, &(struct violation){
		.id = fact->id, .answer = text,
		.image = image_name(t->images[fact->image]),
		.has_time = true, .time_ns = fact_first_ns(fact),
		.count = fact_count(fact),
	});
	free(text);
	free(given);
	free(answer);
	return verdict;
}

/*
 * Judges a call whose answer depends on its arguments, by the recorded
 * arguments. The verdict is undecided if the arguments of some of the calls
 * were not recorded.
 */
static enum verdict judge_arguments(const struct judged *j,
				    const struct call_total *total)
{
	enum verdict verdict = VERDICT_ALLOWED;
	uint64_t known = 0;
	size_t n;
	struct fact **facts = facts_of_call(j->arguments,
					    j->trace->arguments.n, total->id,
					    &n);

	for (size_t i = 0; i < n; i++) {
		if (!facts[i]->detail_size)
			continue;
		known = count_add(known, fact_count(facts[i]));
		if (judge_values(j->filter, j->trace, facts[i], j->report) ==
		    VERDICT_UNDECIDED)
			verdict = VERDICT_UNDECIDED;
	}
	return known && known >= total->count ? verdict : VERDICT_UNDECIDED;
}

/*
 * Judges a call that a filter denied during the recording: the workload made
 * this call, too. The filter can be the workload's own, or the profile that is
 * verified now.
 */
static bool judge_denial(const struct filter *filter, const struct trace *t,
			 const struct fact *denial, struct report *report,
			 struct text_list *undecided)
{
	struct filter_answers answers;
	enum verdict verdict;
	char buf[DENIAL_TEXT_MAX], *answer;

	filter_run_any(filter, denial->id, &answers);
	verdict = verdict_of(&answers);
	if (verdict == VERDICT_UNDECIDED)
		append(undecided, denial->id);
	if (verdict != VERDICT_DENIED)
		return false;
	answer = verdict_text(&answers);
	report_add(report, &(struct violation){
		.id = denial->id, .answer = answer,
		.own = denial_text(denial->answer, buf), .has_site = true,
		.image = image_name(t->images[denial->image]),
		.has_time = true, .time_ns = fact_first_ns(denial),
		.count = fact_count(denial),
	});
	free(answer);
	return true;
}

static void judge_denials(const struct filter *filter, const struct trace *t,
			  struct report *report,
			  struct text_list *undecided)
{
	bool any = false;

	for (size_t i = 0; i < t->denials.n; i++)
		any |= judge_denial(filter, t, t->denials.at[i], report,
				    undecided);
	if (any)
		message_note("calls that a filter denied when they were "
			     "recorded are listed too (sp-emit --allow-denied "
			     "allows them)");
}

/*
 * Whether no filter sees the call. The kernel makes uprobe(2) and uretprobe(2)
 * where a tool watches a program. Since Linux 6.14, filters do not see them
 * (kernel/seccomp.c, seccomp_uprobe_exception()).
 */
static bool passes_filters(struct call_id id, const struct trace *t)
{
	char name[SYSCALL_NAME_MAX];
	struct host host;

	if (!syscall_name(id, name) ||
	    (strcmp(name, "uprobe") && strcmp(name, "uretprobe")))
		return false;
	for (size_t i = 0; i < t->n_runs; i++)
		if (!host_set_kernel(&host, t->runs[i]->kernel) ||
		    !host_has_kernel(&host, 6, 14))
			return false;
	return true;
}

/* Calls that notes name. */
struct noted {
	struct text_list undecided, logged;
	size_t n_logged;
};

static void judge_call(const struct judged *j, const struct call_total *total,
		       struct noted *noted)
{
	struct filter_answers answers;
	enum verdict verdict;

	filter_run_any(j->filter, total->id, &answers);
	verdict = verdict_of(&answers);
	if (verdict == VERDICT_ALLOWED &&
	    answers.actions[0] == SECCOMP_RET_LOG) {
		append(&noted->logged, total->id);
		noted->n_logged++;
	}
	if (verdict == VERDICT_UNDECIDED)
		verdict = judge_arguments(j, total);
	if (verdict == VERDICT_DENIED)
		add_violation(j, total, &answers);
	else if (verdict == VERDICT_UNDECIDED)
		append(&noted->undecided, total->id);
}

static void print_noted(struct noted *noted)
{
	char *list = text_list_end(&noted->undecided);

	if (list)
		message_note("undecided: depends on arguments that were not "
			     "recorded: %s (judged if sp-verify runs the "
			     "command itself: -- COMMAND)", list);
	free(list);
	list = text_list_end(&noted->logged);
	if (list)
		message_note("%zu call%s would be logged: %s", noted->n_logged,
			     noted->n_logged == 1 ? "" : "s", list);
	free(list);
}

size_t simulate(const struct filter *filter, const struct trace *t,
		struct report *report)
{
	struct judged j = {
		filter, t, report,
		facts_by_id(&t->calls), facts_by_id(&t->arguments),
	};
	size_t n;
	struct call_total *totals = trace_totals(t, NULL, NULL, &n);
	struct noted noted = { { NULL, 0 }, { NULL, 0 }, 0 };

	for (size_t i = 0; i < n; i++)
		if (!passes_filters(totals[i].id, t))
			judge_call(&j, &totals[i], &noted);
	judge_denials(filter, t, report, &noted.undecided);
	print_noted(&noted);
	free(totals);
	free(j.calls);
	free(j.arguments);
	return n;
}

/* Calls that the workload's own filters answered. */

struct hidden_calls {
	const struct filter *filter;
	const struct trace *trace;
	uint64_t begun_ns;
	struct report *report;
	struct learn *learn;
	struct text_list undecided;
};

/*
 * Whether a call was interrupted while our listener held it: the answer is a
 * code that only the kernel uses (linux/errno.h). The task makes the call
 * again, unless it died.
 */
static bool is_given_up(int32_t answer)
{
	enum { RESTART_FIRST = 512, RESTART_LAST = 516 };

	return -answer >= RESTART_FIRST && -answer <= RESTART_LAST;
}

static void add_hidden(struct hidden_calls *h, const struct fact *fact,
		       const char *own, uint64_t count)
{
	struct filter_answers answers;
	enum verdict verdict;
	char *answer;

	filter_run_any(h->filter, fact->id, &answers);
	verdict = verdict_of(&answers);
	if (verdict == VERDICT_UNDECIDED)
		append(&h->undecided, fact->id);
	if (verdict != VERDICT_DENIED)
		return;
	answer = verdict_text(&answers);
	report_add(h->report, &(struct violation){
		.id = fact->id, .answer = answer, .own = own, .count = count,
		.image = image_name(h->trace->images[fact->image]),
		.has_site = true, .has_time = true,
		.time_ns = h->begun_ns + fact_first_ns(fact),
	});
	free(answer);
	if (h->learn)
		learn_hidden(h->learn, h->trace, fact, count, h->begun_ns);
}

/*
 * Adds a call that a signal handler or a supervisor answered. Calls that the
 * kernel made are already in the count.
 */
static void add_skipped(struct hidden_calls *h, const struct fact *call)
{
	uint64_t made = report_count(h->report, call->id);
	uint64_t all = fact_count(call);

	add_hidden(h, call, "trap", all > made ? all - made : 1);
}

/*
 * Whether our listener did not see the call. It sees every call that is made.
 * So a filter answered this call, at a time when the recorder could not
 * distinguish that from a call in progress.
 */
static bool is_unseen(const struct hidden_calls *h, const struct fact *call)
{
	struct filter_answers answers;

	if (passes_filters(call->id, h->trace))
		return false;
	filter_run_any(h->filter, call->id, &answers);
	return verdict_of(&answers) == VERDICT_DENIED &&
		!report_has(h->report, call->id);
}

static void add_calls(struct hidden_calls *h)
{
	const struct facts *calls = &h->trace->calls;
	bool *unseen = xcalloc(calls->n + 1, sizeof(*unseen));

	for (size_t i = 0; i < calls->n; i++)
		unseen[i] = is_unseen(h, calls->at[i]);
	for (size_t i = 0; i < calls->n; i++)
		if (fact_flags(calls->at[i]) & SIGHTING_SKIPPED)
			add_skipped(h, calls->at[i]);
		else if (unseen[i])
			add_hidden(h, calls->at[i], "not known how",
				   fact_count(calls->at[i]));
	free(unseen);
}

void simulate_hidden(const struct filter *filter, const struct trace *t,
		     uint64_t begun_ns, struct report *report,
		     struct learn *learn)
{
	struct hidden_calls h = {
		.filter = filter, .trace = t, .begun_ns = begun_ns,
		.report = report, .learn = learn,
	};
	char buf[DENIAL_TEXT_MAX], *list;

	add_calls(&h);
	for (size_t i = 0; i < t->denials.n; i++) {
		const struct fact *denial = t->denials.at[i];

		if (!is_given_up(denial->answer))
			add_hidden(&h, denial,
				   denial_text(denial->answer, buf),
				   fact_count(denial));
	}
	list = text_list_end(&h.undecided);
	if (list)
		message_note("undecided: a filter of the command's own "
			     "answered, and the profile's answer depends on "
			     "arguments that are not known then: %s", list);
	free(list);
}
