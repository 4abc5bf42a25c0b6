/* SPDX-License-Identifier: Apache-2.0 */
#include "report/learn.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "process/describe.h"
#include "report/verdict.h"

enum {
	/* the most distinct values for one call of an image */
	VALUES_MAX = 64,
	/* the most calls and arguments of one command */
	FACTS_MAX = 1 << 16,
};

struct learn {
	struct trace *trace;
	uint32_t run;		/* the current run */
};

struct learn *learn_new(void)
{
	struct learn *l = xcalloc(1, sizeof(*l));

	l->trace = trace_new();
	return l;
}

void learn_free(struct learn *l)
{
	if (!l)
		return;
	trace_free(l->trace);
	free(l);
}

void learn_write(struct learn *l, FILE *file)
{
	trace_write(l->trace, file);
}

/*
 * Marks a run of --learn. sp-emit refuses to make a profile of such runs alone.
 */
static void mark(struct run *run)
{
	describe_append(&run->how, "verify");
	describe_append(&run->blind, "calls that the verified profile "
			"allowed");
}

static void lose_nothing(struct run *run)
{
	static const char *const kinds[] = {
		"call", "task", "image", "detail", "record",
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		run_lose(run, kinds[i], 0);
}

/* Calls of a command */

void learn_begin(struct learn *l, struct run *run)
{
	if (!run->start_ns)
		run->start_ns = clock_ns(CLOCK_REALTIME);
	mark(run);
	lose_nothing(run);
	l->run = trace_add_run(l->trace, run);
}

void learn_end(struct learn *l, bool has_status, int32_t status,
	       uint64_t duration_ns, bool complete)
{
	struct run *run = l->trace->runs[l->run];

	run->has_status = has_status;
	run->status = status;
	run->duration_ns = duration_ns;
	run->complete = complete;
}

static uint32_t add_image(struct learn *l, const struct executable *image)
{
	struct run *run = l->trace->runs[l->run];

	if (image)
		return trace_add_image(l->trace, image->path, image->build_id,
				       image->build_id_size);
	run_lose(run, "image", run_lost(run, "image") + 1);
	return trace_add_image(l->trace, NULL, NULL, 0);
}

/* Whether the fact exists already, or there is room for more. */
static bool has_room(const struct learn *l, const struct fact *fact)
{
	size_t n = 0;

	if (l->trace->arguments.n >= FACTS_MAX)
		return false;
	for (size_t i = 0; i < l->trace->arguments.n; i++) {
		const struct fact *other = l->trace->arguments.at[i];

		if (other->image != fact->image ||
		    call_id_compare(&other->id, &fact->id))
			continue;
		if (!detail_compare(other, fact))
			return true;
		n++;
	}
	return n < VALUES_MAX;
}

static void add_values(struct learn *l, const struct fact *call,
		       const uint64_t args[static 6],
		       const struct sighting *sighting)
{
	const struct argument_rule *rule = argument_rule_of(call->id);
	struct argument_value values[ARGUMENTS_MAX];
	uint8_t detail[ARGUMENTS_MAX * ARGUMENT_DETAIL_SIZE];
	struct fact fact = *call;

	if (!rule)
		return;
	for (size_t i = 0; i < rule->n; i++)
		values[i] = (struct argument_value){
			rule->arguments[i].index, rule->arguments[i].recorded,
			args[rule->arguments[i].index] &
			rule->arguments[i].recorded,
		};
	argument_detail(values, rule->n, detail);
	fact.detail = detail;
	fact.detail_size = rule->n * ARGUMENT_DETAIL_SIZE;
	if (!has_room(l, &fact))
		fact.detail_size = 0;
	trace_sum_fact(l->trace, FACT_ARGUMENT, &fact, sighting);
}

void learn_call(struct learn *l, const struct executable *image,
		struct call_id id, const uint64_t args[static 6],
		uint64_t time_ns)
{
	struct run *run = l->trace->runs[l->run];
	struct sighting once = {
		.run = l->run, .count = 1, .first_ns = time_ns,
	};
	struct fact call = { .id = id };

	/* This is limited, because the workload chooses numbers and images. */
	if (l->trace->calls.n >= FACTS_MAX) {
		run_lose(run, "call", run_lost(run, "call") + 1);
		return;
	}
	call.image = add_image(l, image);
	trace_sum_fact(l->trace, FACT_CALL, &call, &once);
	add_values(l, &call, args, &once);
}

void learn_logged(struct learn *l, const char *path, struct call_id id,
		  uint64_t count, uint64_t time_ns)
{
	struct executable image = { .path = (char *)path };
	struct fact call = {
		.image = add_image(l, path ? &image : NULL), .id = id,
	};

	trace_sum_fact(l->trace, FACT_CALL, &call, &(struct sighting){
		.run = l->run, .count = count, .first_ns = time_ns,
	});
}

/* Facts of another trace */

static uint32_t copy_image(struct learn *l, const struct trace *from,
			   uint32_t index)
{
	const struct image *image = from->images[index];

	return trace_add_image(l->trace, image->path, image->build_id,
			       image->build_id_size);
}

void learn_hidden(struct learn *l, const struct trace *from,
		  const struct fact *fact, uint64_t count, uint64_t begun_ns)
{
	enum fact_kind kind = fact->answer ? FACT_DENIAL : FACT_CALL;
	struct sighting sighting = {
		.run = l->run, .count = count,
		.flags = fact->answer ? 0 : SIGHTING_SKIPPED,
		.first_ns = begun_ns + fact_first_ns(fact),
	};
	struct fact copy = *fact;

	copy.image = copy_image(l, from, fact->image);
	trace_sum_fact(l->trace, kind, &copy, &sighting);
}

/* `runs` has the new index for each run of `from`. */
static void copy_fact(struct learn *l, const struct trace *from,
		      enum fact_kind kind, const struct fact *fact,
		      const uint32_t *runs)
{
	struct fact copy = *fact;

	copy.image = copy_image(l, from, fact->image);
	for (size_t i = 0; i < fact->n_sightings; i++) {
		struct sighting s = fact->sightings[i];

		s.run = runs[s.run];
		trace_add_fact(l->trace, kind, &copy, &s);
	}
}

/* Copies a run by encoding and decoding it. */
static void copy_run(const struct run *run, struct run *copy)
{
	msgpack_sbuffer buffer;
	msgpack_unpacked fields;
	msgpack_packer pk;
	size_t at = 0;

	msgpack_sbuffer_init(&buffer);
	msgpack_packer_init(&pk, &buffer, msgpack_sbuffer_write);
	msgpack_pack_array(&pk, RUN_FIELDS);
	run_pack(run, &pk);
	msgpack_unpacked_init(&fields);
	msgpack_unpack_next(&fields, buffer.data, buffer.size, &at);
	run_unpack(copy, fields.data.via.array.ptr);
	msgpack_unpacked_destroy(&fields);
	msgpack_sbuffer_destroy(&buffer);
}

static uint32_t add_run(struct learn *l, const struct run *run)
{
	static const char other[RUN_ID_SIZE + 1] = "denied-calls-of-";
	struct run copy = { 0 };

	copy_run(run, &copy);
	for (int i = 0; !run_has_how(run, "verify") && i < RUN_ID_SIZE; i++)
		copy.id[i] ^= other[i];
	if (!run_has_how(run, "verify"))
		mark(&copy);
	return trace_add_run(l->trace, &copy);
}

/*
 * Whether the filter denies a fact. If the answer depends on arguments, it uses
 * the recorded values.
 */
static bool is_denied(const struct filter *filter, const struct fact *fact)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	size_t n = fact->detail_size ? argument_values(fact, values) : 0;
	struct filter_answers answers;

	filter_run_known(filter, fact->id, values, n, &answers);
	return verdict_of(&answers) == VERDICT_DENIED;
}

static bool is_decided(const struct filter *filter, struct call_id id)
{
	struct filter_answers answers;

	filter_run_any(filter, id, &answers);
	return verdict_of(&answers) != VERDICT_UNDECIDED;
}

/*
 * Adds arguments, so that the counts of all values add up to the count of the
 * call.
 */
static void add_argument(struct learn *l, const struct trace *from,
			 const struct filter *filter, const struct fact *fact,
			 const uint32_t *runs)
{
	struct fact call = { .id = fact->id };

	if (!is_denied(filter, fact))
		return;
	copy_fact(l, from, FACT_ARGUMENT, fact, runs);
	if (is_decided(filter, fact->id))
		return;
	call.image = copy_image(l, from, fact->image);
	for (size_t i = 0; i < fact->n_sightings; i++) {
		struct sighting s = fact->sightings[i];

		s.run = runs[s.run];
		trace_sum_fact(l->trace, FACT_CALL, &call, &s);
	}
}

void learn_trace(struct learn *l, const struct trace *from,
		 const struct filter *filter)
{
	uint32_t *runs = xcalloc(from->n_runs + 1, sizeof(*runs));

	for (size_t i = 0; i < from->n_runs; i++)
		runs[i] = add_run(l, from->runs[i]);
	for (size_t i = 0; i < from->calls.n; i++)
		if (is_denied(filter, from->calls.at[i]))
			copy_fact(l, from, FACT_CALL, from->calls.at[i], runs);
	for (size_t i = 0; i < from->arguments.n; i++)
		add_argument(l, from, filter, from->arguments.at[i], runs);
	free(runs);
}
