/* SPDX-License-Identifier: Apache-2.0 */
/* --json: the trace itself, as sandprint-json(5) documents it. */
#include <jansson.h>
#include <stdlib.h>

#include "base/count.h"
#include "base/json-integer.h"
#include "base/memory.h"
#include "base/text.h"
#include "format.h"
#include "kernel/capability.h"
#include "kernel/operation.h"
#include "kernel/path.h"
#include "names.h"
#include "stream/keep.h"
#include "stream/stack.h"

enum { JSON_VERSION = 1 };

static json_t *build_id_json(const uint8_t *id, size_t size)
{
	char hex[2 * BUILD_ID_MAX + 1];

	if (!size || size > BUILD_ID_MAX)
		return json_null();
	for (size_t i = 0; i < size; i++)
		sprintf(hex + 2 * i, "%02x", id[i]);
	return json_string(hex);
}

static json_t *uses_json(const struct image *image)
{
	json_t *list = json_array();

	for (size_t i = 0; i < image->n_uses; i++) {
		const struct image_use *use = &image->uses[i];

		json_array_append_new(list, json_pack("{siso so}",
				"run", (int)use->run,
				"execs", uint_json(use->execs),
				"tasks", uint_json(use->tasks)));
	}
	return list;
}

static json_t *image_json(const struct image *image)
{
	return json_pack("{sososo}",
			 "path", image->path ? text_json(image->path) :
					       json_null(),
			 "build_id", build_id_json(image->build_id,
						   image->build_id_size),
			 "runs", uses_json(image));
}

static json_t *images_json(const struct trace *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->n_images; i++)
		json_array_append_new(list, image_json(t->images[i]));
	return list;
}

static json_t *runs_json(const struct trace *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->n_runs; i++)
		json_array_append_new(list, run_json(t->runs[i]));
	return list;
}

json_t *arch_json(struct call_id id)
{
	const struct arch *arch = arch_of_call(id);

	return arch ? json_string(arch->name) : json_integer(id.arch);
}

json_t *name_json(struct call_id id)
{
	char buf[SYSCALL_NAME_MAX];

	return syscall_name(id, buf) ? json_string(buf) : json_null();
}

json_t *flags_json(uint32_t flags)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} names[] = {
		{ SIGHTING_VSYSCALL, "vsyscall" },
		{ SIGHTING_INFLIGHT, "inflight" },
		{ SIGHTING_SKIPPED, "skipped" },
		{ SIGHTING_INITIAL, "initial" },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & names[i].flag)
			json_array_append_new(list, json_string(names[i].name));
	return list;
}

/* The sightings of one call, of all images together. */
struct sights {
	struct fact **calls;
	size_t n;
};

static json_t *fact_images_json(const struct sights *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++)
		json_array_append_new(list, json_integer(f->calls[i]->image));
	return list;
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Lists each run once, even if several images made the call in it. */
static json_t *fact_runs_json(const struct sights *f)
{
	uint32_t *runs = NULL;
	size_t n = 0;
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < f->calls[i]->n_sightings; k++) {
			runs = xgrow(runs, n, sizeof(*runs));
			runs[n++] = f->calls[i]->sightings[k].run;
		}
	array_sort(runs, n, sizeof(*runs), by_value);
	for (size_t i = 0; i < n; i++)
		if (!i || runs[i] != runs[i - 1])
			json_array_append_new(list, json_integer(runs[i]));
	free(runs);
	return list;
}

static json_t *call_json(const struct call_total *total,
			 const struct sights *f)
{
	return json_pack("{so si so so so so so so}",
			 "arch", arch_json(total->id),
			 "nr", (int)total->id.nr,
			 "name", name_json(total->id),
			 "count", uint_json(total->count),
			 "first_ns", uint_json(total->first_ns),
			 "images", fact_images_json(f),
			 "runs", fact_runs_json(f),
			 "flags", flags_json(total->flags));
}

static json_t *calls_json(const struct trace *t)
{
	size_t n;
	struct call_total *totals = trace_totals(t, NULL, NULL, &n);
	struct fact **calls = facts_by_id(&t->calls);
	struct sights f = { .calls = calls };
	json_t *list = json_array(), *call;

	for (size_t i = 0; i < n; i++, f.calls += f.n) {
		f.n = 0;
		while (f.calls[f.n] && !call_id_compare(&f.calls[f.n]->id,
							&totals[i].id))
			f.n++;
		call = call_json(&totals[i], &f);
		if (t->keep)
			json_object_set_new(call, "estimated_runs", uint_json(
				keep_estimate_of(t, f.calls, f.n)));
		json_array_append_new(list, call);
	}
	free(calls);
	free(totals);
	return list;
}

/* Writes the members that all facts except calls have. */
static json_t *other_json(struct fact **fact)
{
	struct sights one = { fact, 1 };

	return json_pack("{si so so so}",
			 "image", (int)(*fact)->image,
			 "count", uint_json(fact_count(*fact)),
			 "first_ns", uint_json(fact_first_ns(*fact)),
			 "runs", fact_runs_json(&one));
}

static json_t *denial_json(struct fact **fact)
{
	const struct fact *denial = *fact;
	json_t *object = json_pack("{so si so}",
				   "arch", arch_json(denial->id),
				   "nr", (int)denial->id.nr,
				   "name", name_json(denial->id));

	if (denial->answer < 0)
		json_object_set_new(object, "errno",
				    json_integer(-denial->answer));
	else
		json_object_set_new(object, "signal",
				    json_integer(denial->answer));
	return object;
}

static json_t *operation_json(struct fact **fact)
{
	char buf[OPERATION_NAME_MAX];
	int32_t opcode = (*fact)->id.nr;

	return json_pack("{si ss}", "opcode", (int)opcode,
			 "name", operation_name(opcode, buf));
}

static json_t *thread_json(struct fact **fact)
{
	(void)fact;	/* all members are those of other_json() */
	return json_object();
}

static json_t *others_json(const struct facts *facts,
			   json_t *(*begin)(struct fact **))
{
	json_t *list = json_array();

	for (size_t i = 0; i < facts->n; i++) {
		json_t *object = begin(&facts->at[i]);
		json_t *rest = other_json(&facts->at[i]);

		json_object_update(object, rest);
		json_decref(rest);
		json_array_append_new(list, object);
	}
	return list;
}

/*
 * Writes the bits of an argument as --ndjson does: values above the greatest
 * integer of JSON become negative.
 */
static json_t *bits_json(uint64_t bits)
{
	return json_integer((int64_t)bits);
}

static json_t *argument_json(struct fact **fact)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	size_t n = argument_values(*fact, values);
	json_t *list = n ? json_array() : json_null();

	for (size_t i = 0; i < n; i++) {
		json_t *value = json_pack("{si so so}",
				"index", (int)values[i].index,
				"mask", bits_json(values[i].mask),
				"value", bits_json(values[i].value));

		json_array_append_new(list, value);
	}
	return json_pack("{so si so so}",
			 "arch", arch_json((*fact)->id),
			 "nr", (int)(*fact)->id.nr,
			 "name", name_json((*fact)->id), "values", list);
}

static json_t *stack_json(struct fact **fact)
{
	struct fact values = stack_values(*fact), *of = &values;
	json_t *object = argument_json(&of);

	if (!values.detail_size)
		json_object_set_new(object, "values", json_array());
	json_object_set_new(object, "frames", stack_frames_json(*fact));
	return object;
}

static json_t *errno_json(const struct fact *fact)
{
	return fact->answer ? json_integer(-fact->answer) : json_null();
}

static json_t *access_json(uint32_t access)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} flags[] = {
		{ NAME_LOST, "lost" },
		{ NAME_GIVEN, "given" }, { NAME_CUT, "cut" },
		{ NAME_CLAIM, "claim" }, { NAME_ELSEWHERE, "elsewhere" },
		{ NAME_UNREAD, "unread" }, { NAME_DELETED, "deleted" },
		{ NAME_PRIVATE, "private" },
	};
	json_t *list = json_array();

	for (uint32_t bit = 1; bit <= NAME_ACCESS; bit <<= 1)
		if (access & bit & NAME_ACCESS && access_name(bit))
			json_array_append_new(list,
					      json_string(access_name(bit)));
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (access & flags[i].flag)
			json_array_append_new(list,
					      json_string(flags[i].name));
	return list;
}

static json_t *path_json(struct fact **fact)
{
	char *path = path_of_fact(*fact), *escaped = path_escape(path);
	json_t *object = json_pack("{ss so so}", "path", escaped,
				   "access", access_json((*fact)->id.nr),
				   "errno", errno_json(*fact));

	free(escaped);
	free(path);
	return object;
}

static json_t *move_json(struct fact **fact)
{
	char *path = path_of_fact(*fact), *from = path_escape(path);
	char *to = path_escape(path + strlen(path) + 1);
	json_t *object = json_pack("{ss ss so so}", "from", from, "to", to,
				   "access", access_json((*fact)->id.nr),
				   "errno", errno_json(*fact));

	free(to);
	free(from);
	free(path);
	return object;
}

static json_t *socket_json(struct fact **fact)
{
	char *address = (*fact)->id.nr & SOCKET_LOST ? xstrdup("...") :
		address_text((*fact)->id.arch, (*fact)->detail,
			     (*fact)->detail_size);
	const char *family = family_name((*fact)->id.arch);
	const char *operation = socket_operation_name((*fact)->id.nr);
	json_t *object = json_pack("{ss? so ss so}",
			"operation", operation,
			"family", family ? json_string(family) :
				json_integer((*fact)->id.arch),
			"address", address, "errno", errno_json(*fact));

	free(address);
	return object;
}

static json_t *start_json(struct fact **fact)
{
	char *path = path_of_fact(*fact);
	json_t *object = json_pack("{so}", "by", *path ? text_json(path) :
				   json_null());

	free(path);
	return object;
}

static json_t *exec_name_json(struct fact **fact)
{
	char *name = path_of_fact(*fact);
	json_t *object = json_pack("{so sb}", "name", text_json(name),
				   "claim", (*fact)->id.nr != NAME_OPENED);

	free(name);
	return object;
}

static json_t *privilege_json(struct fact **fact)
{
	const struct fact *f = *fact;
	char buf[CAPABILITY_NAME_MAX];
	uint32_t what = privilege_of(f);
	json_t *object = json_pack("{so si so}",
				   "arch", arch_json(f->id),
				   "nr", (int)f->id.nr,
				   "name", name_json(f->id));

	json_object_set_new(object, "capability",
			    what == PRIVILEGE_OF_NAMESPACES ? json_null() :
			    json_string(capability_name(what &
						PRIVILEGE_CAPABILITY, buf)));
	json_object_set_new(object, "ambient",
			    json_boolean(what & PRIVILEGE_IS_AMBIENT));
	return object;
}

/* Returns the losses, summed over all runs. */
static json_t *losses_json(const struct trace *t)
{
	json_t *object;
	struct run all = { 0 };

	for (size_t i = 0; i < t->n_runs; i++)
		for (size_t k = 0; k < t->runs[i]->n_losses &&
		     !run_is_later_part(t->runs, i); k++) {
			const struct loss *loss = &t->runs[i]->losses[k];

			run_lose(&all, loss->kind,
				 count_add(run_lost(&all, loss->kind),
						loss->count));
		}
	object = json_object();
	for (size_t i = 0; i < all.n_losses; i++) {
		char *kind = text_printable(all.losses[i].kind);

		json_object_set_new(object, kind,
				    uint_json(all.losses[i].count));
		free(kind);
	}
	run_free(&all);
	return object;
}

void write_json(const struct emit *emit, FILE *out)
{
	const struct trace *t = emit->trace;
	json_t *object = json_pack("{si so so so so so so so so so so so so so so so}",
				   "version", JSON_VERSION,
				   "runs", runs_json(t),
				   "images", images_json(t),
				   "calls", calls_json(t),
				   "denied", others_json(&t->denials,
							 denial_json),
				   "operations", others_json(&t->operations,
							     operation_json),
				   "arguments", others_json(&t->arguments,
							    argument_json),
				   "paths", others_json(&t->paths, path_json),
				   "sockets", others_json(&t->sockets,
							  socket_json),
				   "moves", others_json(&t->moves, move_json),
				   "starts", others_json(&t->starts,
							 start_json),
				   "privileges", others_json(&t->privileges,
							     privilege_json),
				   "names", others_json(&t->names,
							exec_name_json),
				   "stacks", others_json(&t->stacks,
							 stack_json),
				   "threads", others_json(&t->threads,
							  thread_json),
				   "lost", losses_json(t));

	if (t->keep)
		json_object_update_new(object, json_pack("{si so}",
			"keep_runs", (int)t->keep,
			"estimated_runs", uint_json(keep_estimate(t))));
	json_print(object, out);
	json_decref(object);
}
