/* SPDX-License-Identifier: Apache-2.0 */
#include "notify-calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "event.h"
#include "notify-filter.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

/* The address of the page of vsyscall(7): asm/vsyscall.h. */
#define VSYSCALL_PAGE 0xffffffffff600000ULL
#define PAGE_MASK 0xfffULL

struct key {
	uint32_t image;
	struct call_id id;
};

/* A combination of argument values. */
struct values {
	uint64_t at[ARGUMENTS_MAX];
	uint64_t count, first_ns;
};

struct counter {
	UT_hash_handle hh;
	struct key key;
	enum notify_role role;
	bool is_io_uring;
	uint64_t count, first_ns;
	uint32_t flags;		/* SIGHTING_* */
	/* NULL: the arguments are not recorded */
	const struct argument_rule *rule;
	struct values *values;
	size_t n_values;
	struct values others;	/* combinations beyond ARGUMENT_DISTINCT */
};

struct notify_calls {
	struct counter *counters;
};

struct notify_calls *notify_calls_new(void)
{
	return xcalloc(1, sizeof(struct notify_calls));
}

void notify_calls_free(struct notify_calls *c)
{
	struct counter *counter = NULL, *next;

	if (!c)
		return;
	HASH_ITER(hh, c->counters, counter, next) {
		HASH_DEL(c->counters, counter);
		free(counter->values);
		free(counter);
	}
	free(c);
}

static enum notify_role role_of(struct call_id id, const char *name)
{
	if (notify_is_exec(id))
		return ROLE_EXECUTES;
	if (!strcmp(name, "exit"))
		return ROLE_ENDS;
	return !strcmp(name, "seccomp") || !strcmp(name, "prctl") ?
		ROLE_LOADS : ROLE_NONE;
}

static struct counter *counter_of(struct notify_calls *c, uint32_t image,
				  const struct seccomp_data *data)
{
	struct key key = { image, { data->arch, data->nr } };
	char buf[SYSCALL_NAME_MAX];
	const char *name;
	struct counter *counter;

	HASH_FIND(hh, c->counters, &key, sizeof(key), counter);
	if (counter)
		return counter;
	name = syscall_label(key.id, buf);
	counter = xcalloc(1, sizeof(*counter));
	counter->key = key;
	counter->role = role_of(key.id, name);
	counter->is_io_uring = !strncmp(name, "io_uring_", 9);
	/* Arguments for --privileges are not recorded with this method. */
	counter->rule = argument_rule_of(key.id);
	if (counter->rule && !counter->rule->group)
		counter->rule = NULL;
	HASH_ADD(hh, c->counters, key, sizeof(key), counter);
	return counter;
}

static struct values *values_of(struct counter *counter,
				const uint64_t at[ARGUMENTS_MAX])
{
	struct values *v = counter->values;

	for (size_t i = 0; i < counter->n_values; i++)
		if (!memcmp(v[i].at, at, sizeof(v[i].at)))
			return &v[i];
	if (counter->n_values == ARGUMENT_DISTINCT)
		return &counter->others;
	v = counter->values = xgrow(v, counter->n_values, sizeof(*v));
	v += counter->n_values++;
	*v = (struct values){ 0 };
	memcpy(v->at, at, sizeof(v->at));
	return v;
}

/*
 * Counts a combination of arguments, by the rule of note_arguments() of the
 * kernel side.
 */
static void note_arguments(struct counter *counter,
			   const struct seccomp_data *data, uint64_t since_ns)
{
	const struct argument_rule *rule = counter->rule;
	uint64_t at[ARGUMENTS_MAX] = { 0 };
	struct values *v;

	for (size_t i = 0; i < rule->n; i++)
		at[i] = data->args[rule->arguments[i].index] &
			rule->arguments[i].recorded;
	v = values_of(counter, at);
	if (!v->count++)
		v->first_ns = since_ns;
}

enum notify_role notify_call(struct notify_calls *c, uint32_t image,
			     const struct seccomp_data *data,
			     uint64_t since_ns)
{
	struct counter *counter = counter_of(c, image, data);

	if (!counter->count++)
		counter->first_ns = since_ns;
	if ((data->instruction_pointer & ~PAGE_MASK) == VSYSCALL_PAGE)
		counter->flags |= SIGHTING_VSYSCALL;
	if (counter->rule)
		note_arguments(counter, data, since_ns);
	return counter->role;
}

void notify_call_start(struct notify_calls *c, uint32_t image,
		       const struct seccomp_data *data)
{
	struct counter *counter = counter_of(c, image, data);

	counter->count++;
	counter->flags |= SIGHTING_INITIAL;
}

bool notify_calls_io_uring(const struct notify_calls *c)
{
	struct counter *counter;

	for (counter = c->counters; counter; counter = counter->hh.next)
		if (counter->is_io_uring)
			return true;
	return false;
}

static void collect_values(const struct counter *counter,
			   const struct values *v, size_t n,
			   struct trace *trace)
{
	struct argument_value values[ARGUMENTS_MAX];
	uint8_t detail[ARGUMENTS_MAX * ARGUMENT_DETAIL_SIZE];
	struct fact fact = {
		.image = counter->key.image, .id = counter->key.id,
		.detail = detail, .detail_size = n * ARGUMENT_DETAIL_SIZE,
	};
	struct sighting sighting = { .count = v->count,
				     .first_ns = v->first_ns };

	for (size_t i = 0; i < n; i++)
		values[i] = (struct argument_value){
			counter->rule->arguments[i].index,
			counter->rule->arguments[i].recorded, v->at[i]
		};
	argument_detail(values, n, detail);
	if (v->count)
		trace_sum_fact(trace, FACT_ARGUMENT, &fact, &sighting);
}

static void collect_counter(const struct counter *counter, struct trace *trace)
{
	struct fact fact = { .image = counter->key.image,
			     .id = counter->key.id };
	struct sighting sighting = {
		.flags = counter->flags, .count = counter->count,
		.first_ns = counter->first_ns,
	};

	trace_sum_fact(trace, FACT_CALL, &fact, &sighting);
	for (size_t i = 0; i < counter->n_values; i++)
		collect_values(counter, &counter->values[i], counter->rule->n,
			       trace);
	collect_values(counter, &counter->others, 0, trace);
}

void notify_calls_collect(const struct notify_calls *c, struct trace *trace)
{
	struct counter *counter;

	for (counter = c->counters; counter; counter = counter->hh.next)
		collect_counter(counter, trace);
}
