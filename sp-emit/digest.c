/* SPDX-License-Identifier: Apache-2.0 */
#include "digest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "base/count.h"
#include "base/memory.h"
#include "base/text.h"
#include "kernel/value.h"
#include "profile/engine.h"
#include "stream/ending.h"

static const struct arch *native_of(const struct emit *emit)
{
	return emit->profile->archs[0];
}

static char *reasons_text(unsigned int origin)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} others[] = {
		{ PROFILE_DENIED, "denied while it was recorded" },
		{ ORIGIN_BASE, "base profile" },
		{ ORIGIN_ADDED, "--add" },
		{ ORIGIN_UNION, "allowed by name on another architecture" },
	};
	char *list = NULL;

	if (origin & PROFILE_OBSERVED)
		text_append(&list, ", ", "observed");
	for (int group = 0; group < GROUP_COUNT; group++)
		if (origin & 1U << group)
			text_append(&list, ", ", group_name(group));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (origin & others[i].bit)
			text_append(&list, ", ", others[i].name);
	return list ? list : xstrdup("added");
}

static char *name_of(const struct emit *emit, struct call_id id)
{
	char name[SYSCALL_NAME_MAX], arch[ARCH_NAME_MAX];

	if (arch_of_call(id) == native_of(emit))
		return xstrdup(syscall_label(id, name));
	return xasprintf("%s (%s)", syscall_label(id, name),
			 arch_label(id, arch));
}

/* Adds the arguments of all images together, as --explain does. */
static void add_arguments(struct digest_call *call, const struct trace *t)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	size_t n, end;
	struct fact **facts = args_of(t, call->id, &n);

	call->arguments = xcalloc(n + 1, sizeof(*call->arguments));
	for (size_t i = 0; i < n; i = end) {
		uint64_t count = 0;
		char *text;

		for (end = i; end < n && !detail_compare(facts[i], facts[end]);
		     end++)
			count = count_add(count, fact_count(facts[end]));
		text = call_text(call->id, values,
				 argument_values(facts[i], values));
		call->arguments[call->n_arguments++] =
			xasprintf("%" PRIu64 " × %s", count, text);
		free(text);
	}
	free(facts);
}

static void add_sightings(struct digest_call *call, const struct trace *t)
{
	call->by_run = xcalloc(t->n_runs + 1, sizeof(*call->by_run));
	call->first_ns = UINT64_MAX;
	for (size_t i = 0; i < call->n_facts; i++) {
		const struct fact *fact = call->facts[i];

		for (size_t j = 0; j < fact->n_sightings; j++) {
			const struct sighting *s = &fact->sightings[j];

			call->n_runs += !call->by_run[s->run];
			call->by_run[s->run] = count_add(call->by_run[s->run],
							 s->count);
			if (s->first_ns < call->first_ns)
				call->first_ns = s->first_ns;
		}
		call->count = count_add(call->count, fact_count(fact));
	}
}

/* Joins all rules of a call into one element with the origins of all. */
static struct digest_call *add_rule(struct digest *d,
				    const struct profile_rule *rule,
				    unsigned int origin)
{
	const struct trace *t = d->emit->trace;
	struct digest_call *call;

	d->calls = xgrow(d->calls, d->n, sizeof(*d->calls));
	call = &d->calls[d->n++];
	call->id = rule->id;
	call->name = name_of(d->emit, rule->id);
	call->purpose = purpose_of(rule->id);
	call->ability = ability_of(rule->id);
	call->allowed = action_allows(rule->action);
	call->danger = call->allowed ? danger_of(rule->id) : NULL;
	call->observed = origin & PROFILE_OBSERVED;
	call->reasons = reasons_text(origin);
	call->facts = facts_of_call(d->facts, t->calls.n, rule->id,
				    &call->n_facts);
	add_sightings(call, t);
	add_arguments(call, t);
	return call;
}

static void count_call(struct digest *d, const struct digest_call *call)
{
	if (!call->allowed)
		return;
	d->observed += call->observed;
	if (arch_of_call(call->id) == native_of(d->emit))
		d->allowed++;
	else
		d->foreign++;
	if (call->danger)
		d->dangers[call->danger->rank]++;
}

/*
 * Whether the call does not count for the prediction: no run made it, it is
 * denied, or a group adds it in any case.
 */
static bool is_exempt(const struct digest_call *call, unsigned int origin)
{
	return !call->observed || !call->allowed ||
		origin & ~PROFILE_OBSERVED;
}

static void count_groups(struct digest *d, struct digest_call *call,
			 struct sample *sample)
{
	call->n_groups = sample_count(sample, call->by_run, &call->only_run);
	if (call->n_groups)
		d->discovery.made_by[call->n_groups]++;
}

static unsigned int origin_of(const struct profile *p, size_t i)
{
	unsigned int origin = 0;

	for (size_t j = i; j < p->n_rules &&
	     !call_id_compare(&p->rules[j].id, &p->rules[i].id); j++)
		origin |= p->rules[j].origin;
	return origin;
}

static void add_calls(struct digest *d, struct sample *sample)
{
	const struct profile *p = d->emit->profile;

	for (size_t i = 0; i < p->n_rules; i++) {
		unsigned int origin = origin_of(p, i);
		struct digest_call *call;

		if (i && !call_id_compare(&p->rules[i - 1].id,
					  &p->rules[i].id))
			continue;
		call = add_rule(d, &p->rules[i], origin);
		count_call(d, call);
		if (!is_exempt(call, origin))
			count_groups(d, call, sample);
	}
	d->lone = sample_lone_groups(sample);
	d->unique = sample_unique(sample);
}

static size_t usual_of(const struct arch *native)
{
	const struct engine *docker = engine_at(0);

	return strcmp(docker->arch, native->name) ? 0 :
		docker->allowance.calls;
}

struct digest *digest_new(const struct emit *emit)
{
	const struct trace *t = emit->trace;
	struct digest *d = xcalloc(1, sizeof(*d));
	struct sample *sample = sample_new(t, &emit->unit);

	d->emit = emit;
	d->words = sample_words(&emit->unit);
	d->facts = facts_by_id(&t->calls);
	d->stacks = facts_by_id(&t->stacks);
	d->discovery.units = sample->n_groups;
	d->discovery.made_by = xcalloc(d->discovery.units + 1,
				       sizeof(*d->discovery.made_by));
	d->usual = usual_of(native_of(emit));
	for (size_t i = 0; i < t->n_runs; i++) {
		if (run_is_later_part(t->runs, i))
			continue;
		d->recordings++;
		d->failed += ending_is_failure(t->runs[i]);
	}
	add_calls(d, sample);
	sample_free(sample);
	return d;
}

void digest_free(struct digest *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++) {
		struct digest_call *call = &d->calls[i];

		for (size_t j = 0; j < call->n_arguments; j++)
			free(call->arguments[j]);
		free(call->arguments);
		free(call->by_run);
		free(call->name);
		free(call->reasons);
	}
	free(d->calls);
	free(d->discovery.made_by);
	free(d->facts);
	free(d->stacks);
	free(d);
}

char *digest_verdict(const struct digest *d)
{
	char *text = xasprintf("The profile allows %zu system call%s of %s",
			       d->allowed, d->allowed == 1 ? "" : "s",
			       native_of(d->emit)->name);
	char *more = d->usual ? xasprintf("Docker's default profile allows %zu",
					  d->usual) : NULL;

	if (more)
		text_append(&text, "; ", more);
	free(more);
	return text;
}

/*
 * Upper limits of the number of runs, of 100 more, that may make a new call:
 * sandprint-report(7).
 */
enum { HIGH_MAX = 10, FAIR_MAX = 30 };

bool digest_has_repeats(const struct digest *d)
{
	return d->emit->unit.by == UNIT_ARGV &&
		d->discovery.units < RISK_UNITS_MIN &&
		d->discovery.units < d->recordings;
}

const char *digest_grade(const struct digest *d)
{
	size_t units = d->discovery.units;
	struct risk risk;

	if (units < RISK_UNITS_MIN)
		return "low";
	risk = risk_predict(d->unique, units, 100);
	return risk.upper <= HIGH_MAX ? "high" :
		risk.upper <= FAIR_MAX ? "fair" : "low";
}

char *digest_certainty(const struct digest *d)
{
	size_t units = d->discovery.units;
	struct risk risk;

	if (units < 2 && d->recordings < 2)
		return xstrdup("One run says nothing about what another would "
			       "add");
	if (units < 2)
		return xasprintf("All %zu runs have one %s: they do not show "
				 "what another one would add", d->recordings,
				 d->words->one);
	if (units < RISK_UNITS_MIN)
		return xasprintf("%zu different %s were recorded; for %zu of "
				 "these, a call was made that none of the "
				 "others made; a prediction needs %d", units,
				 d->words->many, d->lone, RISK_UNITS_MIN);
	risk = risk_predict(d->unique, units, 100);
	return xasprintf("Of 100 more runs %s, about %.0f would make a call "
			 "that the profile does not have (95 %% interval: "
			 "%" PRIu64 " to %" PRIu64 ")",
			 d->emit->unit.by == UNIT_LABEL ?
			 "with another value of the label" : "like these",
			 risk.mean, risk.lower, risk.upper);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/*
 * Whether the last component of the image's path, or of one of its names, is
 * `name`.
 */
static bool is_called(const struct trace *t, size_t image, const char *name)
{
	size_t n;
	struct fact *const *names = trace_names(t, image, &n);

	if (!strcmp(last_part(image_name(t->images[image])), name))
		return true;
	for (size_t i = 0; i < n; i++) {
		char *text = path_of_fact(names[i]);
		bool is = !strcmp(last_part(text), name);

		free(text);
		if (is)
			return true;
	}
	return false;
}

/*
 * Returns the program with which the first run was started, if its calls are in
 * the trace.
 */
static const char *started_program(const struct trace *t)
{
	const char *name;

	if (!t->n_runs || !t->runs[0]->argv || !t->runs[0]->argv[0])
		return NULL;
	name = last_part(t->runs[0]->argv[0]);
	for (size_t i = 0; i < t->n_images; i++)
		if (is_called(t, i, name))
			return name;
	return NULL;
}

static const char *busiest_program(const struct trace *t)
{
	size_t *calls = xcalloc(t->n_images + 1, sizeof(*calls)), best = 0;

	for (size_t i = 0; i < t->calls.n; i++)
		calls[t->calls.at[i]->image]++;
	for (size_t i = 1; i < t->n_images; i++)
		if (calls[i] > calls[best])
			best = i;
	free(calls);
	return t->n_images ? last_part(image_name(t->images[best])) :
		"a program";
}

char *digest_program(const struct digest *d)
{
	const struct trace *t = d->emit->trace;
	const char *name = started_program(t);

	if (!name)
		name = busiest_program(t);
	if (t->n_images < 2)
		return xstrdup(name);
	return xasprintf("%s and %zu other program%s", name, t->n_images - 1,
			 t->n_images == 2 ? "" : "s");
}

char *digest_command(const struct run *run)
{
	enum { BYTES_MAX = 300 };
	char *text = NULL, *cut;
	int size = BYTES_MAX;

	for (char **arg = run->argv; arg && *arg &&
	     (!text || strlen(text) <= BYTES_MAX); arg++)
		text_append(&text, " ", **arg ? *arg : "''");
	if (!text)
		return xstrdup("-");
	if (strlen(text) <= BYTES_MAX)
		return text;
	/* inside a character of UTF-8 */
	while (size && (text[size] & 0xc0) == 0x80)
		size--;
	cut = xasprintf("%.*s …", size, text);
	free(text);
	return cut;
}

struct advice {
	char **texts;
	size_t n;
};

static void advise(struct advice *a, char *text)
{
	a->texts = xgrow(a->texts, a->n, sizeof(*a->texts));
	a->texts[a->n++] = text;
}

static void advise_about_runs(struct advice *a, const struct digest *d)
{
	size_t units = d->discovery.units;

	if (units >= RISK_UNITS_MIN && d->lone)
		advise(a, xasprintf("For %zu of %zu %s, a call was made that "
				    "none of the others made: add tests like "
				    "these until no run adds a call", d->lone,
				    units, d->words->many));
	if (digest_has_repeats(d))
		advise(a, xstrdup("If the runs are different tests, name them "
				  "by sp-record --name, and count them by "
				  "name: sp-emit --unit=name"));
	if (d->failed)
		advise(a, xasprintf("%zu of %zu runs failed: a run that fails "
				    "early has not made all calls", d->failed,
				    d->recordings));
	if (d->emit->partial)
		advise(a, xstrdup("The recordings are not complete: record "
				  "again"));
}

char **digest_advice(const struct digest *d)
{
	struct advice a = { 0 };
	size_t dangers = d->dangers[1] + d->dangers[2] + d->dangers[3];

	if (dangers)
		advise(&a, xasprintf("Review the dangerous calls (%zu): a version "
				     "of the program without them is safer",
				     dangers));
	advise_about_runs(&a, d);
	if (!d->emit->args)
		advise(&a, xstrdup("Also restrict arguments: sp-emit --args"));
	advise(&a, xstrdup("Before the profile denies anything, try it out with "
			   "sp-emit --deny=log: see sandprint-staging(7)"));
	advise(&a, NULL);
	return a.texts;
}

char *digest_maker(const struct digest *d, const struct digest_call *call,
		   size_t i)
{
	const struct fact *fact = call->facts[i];
	char *image = image_text(d->emit->trace, fact->image);
	char *text = xasprintf("%" PRIu64 " by %s", fact_count(fact), image);

	free(image);
	return text;
}
