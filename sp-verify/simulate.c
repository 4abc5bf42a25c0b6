/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate.h"

#include <inttypes.h>
#include <stdlib.h>

#include "memory.h"
#include "message.h"
#include "text.h"

/* The losses after which a call of the workload may be missing. */
static const char *const touching[] = { "call", "task" };

static bool run_is_usable(const struct run *run, bool partial)
{
	char id[RUN_ID_HEX];
	bool fine = true;

	run_id_hex(run, id);
	for (size_t i = 0; i < sizeof(touching) / sizeof(touching[0]); i++) {
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

bool trace_is_usable(const struct trace *t, bool partial)
{
	bool fine = true;

	for (size_t i = 0; i < t->n_runs; i++)
		fine &= run_is_usable(t->runs[i], partial);
	if (fine && !t->calls.n) {
		message_error("the trace holds no call");
		return false;
	}
	if (!fine)
		message_note("use --allow-partial to verify what there is");
	return fine;
}

enum verdict { ALLOWED, DENIED, UNDECIDED };

static enum verdict judge(const struct filter_answers *answers)
{
	size_t allowed = 0;

	for (size_t i = 0; i < answers->n; i++)
		allowed += action_allows(answers->actions[i]);
	if (answers->more)
		return UNDECIDED;
	if (allowed == answers->n)
		return ALLOWED;
	return allowed ? UNDECIDED : DENIED;
}

/* "EPERM", or "EPERM or ENOSYS" where arguments decide; the caller frees. */
static char *describe(const struct filter_answers *answers)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < answers->n; i++) {
		char buf[ACTION_NAME_MAX];
		char *longer = xasprintf("%s%s%s", text, i ? " or " : "",
					 action_name(answers->actions[i],
						     buf));

		free(text);
		text = longer;
	}
	return text;
}

static void add_violation(struct report *report, const struct trace *t,
			  const struct call_total *total,
			  const struct filter_answers *answers)
{
	char *answer = describe(answers);

	for (size_t i = 0; i < t->calls.n; i++) {
		const struct call *call = t->calls.at[i];

		if (call_id_compare(&call->id, &total->id))
			continue;
		report_add(report, &(struct violation){
			.id = total->id, .answer = answer,
			.image = image_name(t->images[call->image]),
			.has_time = true, .time_ns = call_first_ns(call),
			.count = call_count(call),
		});
	}
	free(answer);
}

static void append(char **list, struct call_id id)
{
	char buf[SYSCALL_NAME_MAX];
	char *longer = xasprintf("%s%s%s", *list ? *list : "",
				 *list ? ", " : "", syscall_label(id, buf));

	free(*list);
	*list = longer;
}

static bool is_repeated(const struct facts *facts, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (!call_id_compare(&facts->at[j]->id, &facts->at[i]->id))
			return true;
	return false;
}

/* The workload made these, but a filter of its own answered first. */
static void note_denials(const struct trace *t)
{
	char *denied = NULL;

	for (size_t i = 0; i < t->denials.n; i++)
		if (!is_repeated(&t->denials, i))
			append(&denied, t->denials.at[i]->id);
	if (denied)
		message_note("denied while it was recorded, and not judged "
			     "here: %s", denied);
	free(denied);
}

/* Whether the trace has the arguments of every call of that identity. */
static bool knows_arguments(const struct trace *t,
			    const struct call_total *total)
{
	uint64_t known = 0;

	for (size_t i = 0; i < t->arguments.n; i++) {
		const struct call *fact = t->arguments.at[i];

		if (fact->detail_size &&
		    !call_id_compare(&fact->id, &total->id))
			known += call_count(fact);
	}
	return known && known >= total->count;
}

static enum verdict judge_values(const struct filter *filter,
				 const struct trace *t,
				 const struct call *fact,
				 struct report *report)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	size_t n = argument_values(fact, values);
	struct filter_answers answers;
	enum verdict verdict;
	char *answer, *given, *text;

	filter_run_known(filter, fact->id, values, n, &answers);
	verdict = judge(&answers);
	if (verdict != DENIED)
		return verdict;
	answer = describe(&answers);
	given = argument_text(fact->id, values, n);
	text = xasprintf("%s with %s", answer, given);
	report_add(report, &(struct violation){
		.id = fact->id, .answer = text,
		.image = image_name(t->images[fact->image]),
		.has_time = true, .time_ns = call_first_ns(fact),
		.count = call_count(fact),
	});
	free(text);
	free(given);
	free(answer);
	return verdict;
}

/* A call whose arguments decide, by those that were recorded. */
static enum verdict judge_arguments(const struct filter *filter,
				    const struct trace *t,
				    const struct call_total *total,
				    struct report *report)
{
	enum verdict verdict = ALLOWED;

	if (!knows_arguments(t, total))
		return UNDECIDED;
	for (size_t i = 0; i < t->arguments.n; i++) {
		const struct call *fact = t->arguments.at[i];

		if (!call_id_compare(&fact->id, &total->id) &&
		    judge_values(filter, t, fact, report) == UNDECIDED)
			verdict = UNDECIDED;
	}
	return verdict;
}

size_t simulate(const struct filter *filter, const struct trace *t,
		struct report *report)
{
	size_t n;
	struct call_total *totals = trace_totals(t, NULL, NULL, &n);
	char *undecided = NULL;

	for (size_t i = 0; i < n; i++) {
		struct filter_answers answers;
		enum verdict verdict;

		filter_run_any(filter, totals[i].id, &answers);
		verdict = judge(&answers);
		if (verdict == UNDECIDED)
			verdict = judge_arguments(filter, t, &totals[i],
						  report);
		if (verdict == DENIED)
			add_violation(report, t, &totals[i], &answers);
		else if (verdict == UNDECIDED)
			append(&undecided, totals[i].id);
	}
	if (undecided)
		message_note("undecided, since arguments decide that the trace "
			     "does not hold: %s", undecided);
	free(undecided);
	free(totals);
	note_denials(t);
	return n;
}
