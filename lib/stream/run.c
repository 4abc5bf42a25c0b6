/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "kernel/syscall.h"

enum field_type {
	FIELD_ID,
	FIELD_TEXT,
	FIELD_LABELS,
	FIELD_U64,
	FIELD_U32,
	FIELD_TEXTS,		/* list of texts, or nil where NULL is allowed */
	FIELD_GROUPS,
	FIELD_RLIMITS,
	FIELD_STATUS,
	FIELD_BOOL,
	FIELD_LOSSES,
};

/* The fields of the record, in the order of the stream: sp-stream(5). */
static const struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	/* the field may be nil, which means that it was left out */
	bool nil;
} fields_table[RUN_FIELDS] = {
#define FIELD(member, type) #member, type, offsetof(struct run, member)
	{ FIELD(id, FIELD_ID), false },
	{ FIELD(name, FIELD_TEXT), false },
	{ FIELD(labels, FIELD_LABELS), false },
	{ FIELD(start_ns, FIELD_U64), false },
	{ FIELD(duration_ns, FIELD_U64), false },
	{ FIELD(version, FIELD_TEXT), false },
	{ FIELD(kernel, FIELD_TEXT), false },
	{ FIELD(machine, FIELD_TEXT), false },
	{ FIELD(arch, FIELD_U32), false },
	{ FIELD(argv, FIELD_TEXTS), true },
	{ FIELD(cwd, FIELD_TEXT), false },
	{ FIELD(uid, FIELD_U32), false },
	{ FIELD(gid, FIELD_U32), false },
	{ FIELD(groups, FIELD_GROUPS), false },
	{ FIELD(umask, FIELD_U32), false },
	{ FIELD(rlimits, FIELD_RLIMITS), false },
	{ FIELD(how, FIELD_TEXTS), false },
	{ FIELD(status, FIELD_STATUS), true },
	{ FIELD(complete, FIELD_BOOL), false },
	{ "lost", FIELD_LOSSES, offsetof(struct run, losses), false },
	{ FIELD(blind, FIELD_TEXTS), false },
#undef FIELD
};

static void free_texts(char **texts)
{
	for (char **s = texts; s && *s; s++)
		free(*s);
	free(texts);
}

static size_t count_texts(char **texts)
{
	size_t n = 0;

	while (texts && texts[n])
		n++;
	return n;
}

static void free_labels(struct run *run)
{
	for (size_t i = 0; i < run->n_labels; i++) {
		free(run->labels[i].key);
		free(run->labels[i].value);
	}
	free(run->labels);
}

void run_free(struct run *run)
{
	if (!run)
		return;
	free(run->name);
	free_labels(run);
	free(run->version);
	free(run->kernel);
	free(run->machine);
	free_texts(run->argv);
	free(run->cwd);
	free(run->groups);
	free_texts(run->how);
	for (size_t i = 0; i < run->n_losses; i++)
		free(run->losses[i].kind);
	free(run->losses);
	free_texts(run->blind);
	free(run->mark);
	memset(run, 0, sizeof(*run));
}

/* Packing */

static void pack_texts(char **texts, bool nil, msgpack_packer *pk)
{
	if (!texts && nil) {
		msgpack_pack_nil(pk);
		return;
	}
	msgpack_pack_array(pk, count_texts(texts));
	for (char **s = texts; s && *s; s++)
		text_pack(*s, pk);
}

static void pack_labels(const struct run *run, msgpack_packer *pk)
{
	msgpack_pack_map(pk, run->n_labels);
	for (size_t i = 0; i < run->n_labels; i++) {
		text_pack(run->labels[i].key, pk);
		text_pack(run->labels[i].value, pk);
	}
}

static void pack_losses(const struct run *run, msgpack_packer *pk)
{
	msgpack_pack_map(pk, run->n_losses);
	for (size_t i = 0; i < run->n_losses; i++) {
		text_pack(run->losses[i].kind, pk);
		msgpack_pack_uint64(pk, run->losses[i].count);
	}
}

static void pack_groups(const struct run *run, msgpack_packer *pk)
{
	msgpack_pack_array(pk, run->n_groups);
	for (size_t i = 0; i < run->n_groups; i++)
		msgpack_pack_uint32(pk, run->groups[i]);
}

static void pack_rlimits(const struct run *run, msgpack_packer *pk)
{
	msgpack_pack_array(pk, RUN_RLIMITS);
	for (size_t i = 0; i < RUN_RLIMITS; i++) {
		msgpack_pack_array(pk, 2);
		msgpack_pack_uint64(pk, run->rlimits[i].soft);
		msgpack_pack_uint64(pk, run->rlimits[i].hard);
	}
}

static void pack_field(const struct run *run, const struct field *f,
		       msgpack_packer *pk)
{
	const void *at = (const char *)run + f->offset;

	switch (f->type) {
	case FIELD_ID:
		msgpack_pack_bin_with_body(pk, run->id, RUN_ID_SIZE);
		break;
	case FIELD_TEXT:
		text_pack(*(char *const *)at, pk);
		break;
	case FIELD_LABELS:
		pack_labels(run, pk);
		break;
	case FIELD_U64:
		msgpack_pack_uint64(pk, *(const uint64_t *)at);
		break;
	case FIELD_U32:
		msgpack_pack_uint32(pk, *(const uint32_t *)at);
		break;
	case FIELD_TEXTS:
		pack_texts(*(char **const *)at, f->nil, pk);
		break;
	case FIELD_GROUPS:
		pack_groups(run, pk);
		break;
	case FIELD_RLIMITS:
		pack_rlimits(run, pk);
		break;
	case FIELD_STATUS:
		if (run->has_status)
			msgpack_pack_int32(pk, run->status);
		else
			msgpack_pack_nil(pk);
		break;
	case FIELD_BOOL:
		if (*(const bool *)at)
			msgpack_pack_true(pk);
		else
			msgpack_pack_false(pk);
		break;
	case FIELD_LOSSES:
		pack_losses(run, pk);
		break;
	}
}

void run_pack(const struct run *run, msgpack_packer *pk)
{
	for (size_t i = 0; i < RUN_FIELDS; i++)
		pack_field(run, &fields_table[i], pk);
}

/* Functions that unpack return whether the object has the field's type. */

static bool unpack_texts(const msgpack_object *o, char ***texts)
{
	const msgpack_object_array *a = &o->via.array;

	if (o->type != MSGPACK_OBJECT_ARRAY)
		return false;
	*texts = xcalloc(a->size + 1, sizeof(**texts));
	for (uint32_t i = 0; i < a->size; i++)
		if (!text_unpack(&a->ptr[i], &(*texts)[i]))
			return false;
	return true;
}

/* The keys of a map must ascend, so that there are no duplicates. */
static bool sorted(const char *previous, const char *key)
{
	return !previous || strcmp(previous, key) < 0;
}

static bool unpack_labels(const msgpack_object *o, struct run *run)
{
	const msgpack_object_map *m = &o->via.map;
	const char *previous = NULL;

	if (o->type != MSGPACK_OBJECT_MAP)
		return false;
	run->labels = xcalloc(m->size, sizeof(*run->labels));
	for (uint32_t i = 0; i < m->size; i++) {
		struct label *l = &run->labels[run->n_labels++];

		if (!text_unpack(&m->ptr[i].key, &l->key) ||
		    !text_unpack(&m->ptr[i].val, &l->value) ||
		    !sorted(previous, l->key))
			return false;
		previous = l->key;
	}
	return true;
}

static bool unpack_losses(const msgpack_object *o, struct run *run)
{
	const msgpack_object_map *m = &o->via.map;
	const char *previous = NULL;

	if (o->type != MSGPACK_OBJECT_MAP)
		return false;
	run->losses = xcalloc(m->size, sizeof(*run->losses));
	for (uint32_t i = 0; i < m->size; i++) {
		struct loss *l = &run->losses[run->n_losses++];

		if (!text_unpack(&m->ptr[i].key, &l->kind) ||
		    !uint_unpack(&m->ptr[i].val, UINT64_MAX, &l->count) ||
		    !sorted(previous, l->kind))
			return false;
		previous = l->kind;
	}
	return true;
}

static bool unpack_u32(const msgpack_object *o, uint32_t *value)
{
	uint64_t wide;

	if (!uint_unpack(o, UINT32_MAX, &wide))
		return false;
	*value = wide;
	return true;
}

static bool unpack_groups(const msgpack_object *o, struct run *run)
{
	const msgpack_object_array *a = &o->via.array;

	if (o->type != MSGPACK_OBJECT_ARRAY)
		return false;
	run->groups = xcalloc(a->size, sizeof(*run->groups));
	run->n_groups = a->size;
	for (uint32_t i = 0; i < a->size; i++)
		if (!unpack_u32(&a->ptr[i], &run->groups[i]))
			return false;
	return true;
}

static bool unpack_rlimits(const msgpack_object *o, struct run *run)
{
	const msgpack_object_array *a = &o->via.array;

	if (o->type != MSGPACK_OBJECT_ARRAY || a->size != RUN_RLIMITS)
		return false;
	for (uint32_t i = 0; i < RUN_RLIMITS; i++) {
		const msgpack_object_array *pair = &a->ptr[i].via.array;

		if (a->ptr[i].type != MSGPACK_OBJECT_ARRAY || pair->size != 2 ||
		    !uint_unpack(&pair->ptr[0], UINT64_MAX,
				 &run->rlimits[i].soft) ||
		    !uint_unpack(&pair->ptr[1], UINT64_MAX,
				 &run->rlimits[i].hard))
			return false;
	}
	return true;
}

static bool unpack_id(const msgpack_object *o, struct run *run)
{
	if (o->type != MSGPACK_OBJECT_BIN || o->via.bin.size != RUN_ID_SIZE)
		return false;
	memcpy(run->id, o->via.bin.ptr, RUN_ID_SIZE);
	return true;
}

static bool unpack_status(const msgpack_object *o, struct run *run)
{
	int64_t status;

	if (!int_unpack(o, -128, 255, &status))
		return false;
	run->has_status = true;
	run->status = status;
	return true;
}

static bool unpack_bool(const msgpack_object *o, bool *value)
{
	if (o->type != MSGPACK_OBJECT_BOOLEAN)
		return false;
	*value = o->via.boolean;
	return true;
}

static bool unpack_field(struct run *run, const struct field *f,
			 const msgpack_object *o)
{
	void *at = (char *)run + f->offset;

	if (f->nil && o->type == MSGPACK_OBJECT_NIL)
		return true;
	switch (f->type) {
	case FIELD_ID:
		return unpack_id(o, run);
	case FIELD_TEXT:
		return text_unpack(o, at);
	case FIELD_LABELS:
		return unpack_labels(o, run);
	case FIELD_U64:
		return uint_unpack(o, UINT64_MAX, at);
	case FIELD_U32:
		return unpack_u32(o, at);
	case FIELD_TEXTS:
		return unpack_texts(o, at);
	case FIELD_GROUPS:
		return unpack_groups(o, run);
	case FIELD_RLIMITS:
		return unpack_rlimits(o, run);
	case FIELD_STATUS:
		return unpack_status(o, run);
	case FIELD_BOOL:
		return unpack_bool(o, at);
	case FIELD_LOSSES:
		return unpack_losses(o, run);
	}
	return false;
}

const char *run_unpack(struct run *run, const msgpack_object *fields)
{
	memset(run, 0, sizeof(*run));
	for (size_t i = 0; i < RUN_FIELDS; i++) {
		if (unpack_field(run, &fields_table[i], &fields[i]))
			continue;
		run_free(run);
		return fields_table[i].name;
	}
	return NULL;
}

/* Joining */

static void encode(const struct run *run, const struct field *f,
		   msgpack_sbuffer *buf)
{
	msgpack_packer pk;

	msgpack_sbuffer_init(buf);
	msgpack_packer_init(&pk, buf, msgpack_sbuffer_write);
	pack_field(run, f, &pk);
}

static bool encodes_greater(const struct run *a, const struct run *b,
			    const struct field *f)
{
	msgpack_sbuffer x, y;
	int order;

	encode(a, f, &x);
	encode(b, f, &y);
	order = memcmp(x.data, y.data, x.size < y.size ? x.size : y.size);
	if (!order)
		order = (x.size > y.size) - (x.size < y.size);
	msgpack_sbuffer_destroy(&x);
	msgpack_sbuffer_destroy(&y);
	return order > 0;
}

static void join_losses(struct run *run, const struct run *other)
{
	for (size_t i = 0; i < other->n_losses; i++)
		run_lose(run, other->losses[i].kind, other->losses[i].count);
}

void run_copy(struct run *to, const struct run *from)
{
	msgpack_unpacked record;
	msgpack_sbuffer buf;
	msgpack_packer pk;

	memset(to, 0, sizeof(*to));
	msgpack_sbuffer_init(&buf);
	msgpack_packer_init(&pk, &buf, msgpack_sbuffer_write);
	msgpack_pack_array(&pk, RUN_FIELDS);
	run_pack(from, &pk);
	msgpack_unpacked_init(&record);
	if (msgpack_unpack_next(&record, buf.data, buf.size, NULL) ==
	    MSGPACK_UNPACK_SUCCESS)
		run_unpack(to, record.data.via.array.ptr);
	msgpack_unpacked_destroy(&record);
	msgpack_sbuffer_destroy(&buf);
}

/* Parts */

void run_pack_part(const struct run *run, msgpack_packer *pk)
{
	msgpack_pack_bin_with_body(pk, run->whole, RUN_ID_SIZE);
	msgpack_pack_uint32(pk, run->part);
	if (run->mark)
		text_pack(run->mark, pk);
	else
		msgpack_pack_nil(pk);
}

/* Whether part `a` comes before part `b` of the recording. */
static bool part_is_less(const struct run *a, const struct run *b)
{
	int order = memcmp(a->whole, b->whole, RUN_ID_SIZE);

	if (!a->is_part || !b->is_part)
		return !a->is_part && b->is_part;
	if (!order)
		order = (a->part > b->part) - (a->part < b->part);
	if (!order)
		order = strcmp(a->mark ? a->mark : "", b->mark ? b->mark : "");
	return order < 0;
}

/* Where the two differ, takes the greater value of each field. */
static void join_part(struct run *run, const struct run *other)
{
	if (!part_is_less(run, other))
		return;
	free(run->mark);
	run->is_part = true;
	memcpy(run->whole, other->whole, RUN_ID_SIZE);
	run->part = other->part;
	run->mark = other->mark ? xstrdup(other->mark) : NULL;
}

bool run_unpack_part(struct run *run, const msgpack_object *fields)
{
	struct run part = { .is_part = true };
	bool ok = fields[0].type == MSGPACK_OBJECT_BIN &&
		fields[0].via.bin.size == RUN_ID_SIZE &&
		unpack_u32(&fields[1], &part.part) &&
		(part.part ? text_unpack(&fields[2], &part.mark) :
		 fields[2].type == MSGPACK_OBJECT_NIL);

	if (ok) {
		memcpy(part.whole, fields[0].via.bin.ptr, RUN_ID_SIZE);
		join_part(run, &part);
	}
	free(part.mark);
	return ok;
}

bool run_same_whole(const struct run *a, const struct run *b)
{
	return a->is_part && b->is_part &&
		!memcmp(a->whole, b->whole, RUN_ID_SIZE);
}

bool run_is_later_part(struct run *const *runs, size_t at)
{
	return at && run_same_whole(runs[at - 1], runs[at]);
}

/*
 * Joins the fields by encoding and decoding them: this uses the usual code, and
 * the runs never share memory.
 */
void run_join(struct run *run, const struct run *other)
{
	msgpack_unpacked record;
	msgpack_sbuffer buf;
	msgpack_packer pk;
	struct run joined;

	msgpack_sbuffer_init(&buf);
	msgpack_packer_init(&pk, &buf, msgpack_sbuffer_write);
	msgpack_pack_array(&pk, RUN_FIELDS);
	for (size_t i = 0; i < RUN_FIELDS; i++) {
		const struct field *f = &fields_table[i];

		pack_field(encodes_greater(other, run, f) ? other : run, f,
			   &pk);
	}
	msgpack_unpacked_init(&record);
	if (msgpack_unpack_next(&record, buf.data, buf.size, NULL) ==
	    MSGPACK_UNPACK_SUCCESS &&
	    !run_unpack(&joined, record.data.via.array.ptr)) {
		join_losses(&joined, run);
		join_losses(&joined, other);
		join_part(&joined, run);
		join_part(&joined, other);
		run_free(run);
		*run = joined;
	}
	msgpack_unpacked_destroy(&record);
	msgpack_sbuffer_destroy(&buf);
}

bool run_has_how(const struct run *run, const char *word)
{
	for (char **how = run->how; how && *how; how++)
		if (!strcmp(*how, word))
			return true;
	return false;
}

bool run_is_harness(const struct run *run)
{
	return run_has_how(run, "harness");
}

bool run_is_blind(const struct run *run, const char *text)
{
	for (char **blind = run->blind; blind && *blind; blind++)
		if (!strcmp(*blind, text))
			return true;
	return false;
}

void run_lose(struct run *run, const char *kind, uint64_t count)
{
	size_t i = 0;

	while (i < run->n_losses && strcmp(run->losses[i].kind, kind) < 0)
		i++;
	if (i == run->n_losses || strcmp(run->losses[i].kind, kind)) {
		run->losses = xrealloc(run->losses, run->n_losses + 1,
				       sizeof(*run->losses));
		memmove(&run->losses[i + 1], &run->losses[i],
			(run->n_losses++ - i) * sizeof(*run->losses));
		run->losses[i] = (struct loss){ xstrdup(kind), 0 };
	}
	if (count > run->losses[i].count)
		run->losses[i].count = count;
}

uint64_t run_lost(const struct run *run, const char *kind)
{
	for (size_t i = 0; i < run->n_losses; i++)
		if (!strcmp(run->losses[i].kind, kind))
			return run->losses[i].count;
	return 0;
}

const char *run_id_hex(const struct run *run, char buf[RUN_ID_HEX])
{
	for (size_t i = 0; i < RUN_ID_SIZE; i++)
		sprintf(buf + 2 * i, "%02x", run->id[i]);
	return buf;
}

/* JSON */

static json_t *json_texts(char **texts)
{
	json_t *list;

	if (!texts)
		return json_null();
	list = json_array();
	for (char **s = texts; *s; s++)
		json_array_append_new(list, text_json(*s));
	return list;
}

static json_t *json_labels(const struct run *run)
{
	json_t *object = json_object();

	for (size_t i = 0; i < run->n_labels; i++) {
		char *key = text_printable(run->labels[i].key);

		json_object_set_new(object, key,
				    text_json(run->labels[i].value));
		free(key);
	}
	return object;
}

static json_t *json_losses(const struct run *run)
{
	json_t *object = json_object();

	for (size_t i = 0; i < run->n_losses; i++) {
		char *kind = text_printable(run->losses[i].kind);

		json_object_set_new(object, kind,
				    uint_json(run->losses[i].count));
		free(kind);
	}
	return object;
}

static json_t *json_groups(const struct run *run)
{
	json_t *list = json_array();

	for (size_t i = 0; i < run->n_groups; i++)
		json_array_append_new(list, json_integer(run->groups[i]));
	return list;
}

static json_t *json_limit(uint64_t value)
{
	return value == UINT64_MAX ? json_null() : uint_json(value);
}

static json_t *json_rlimits(const struct run *run)
{
	json_t *list = json_array();

	for (size_t i = 0; i < RUN_RLIMITS; i++)
		json_array_append_new(list, json_pack("[oo]",
				json_limit(run->rlimits[i].soft),
				json_limit(run->rlimits[i].hard)));
	return list;
}

static json_t *json_status(const struct run *run)
{
	if (!run->has_status)
		return json_null();
	if (run->status < 0)
		return json_pack("{si}", "signal", -run->status);
	return json_pack("{si}", "exit", run->status);
}

static json_t *json_id(const struct run *run)
{
	char hex[RUN_ID_HEX];

	return json_string(run_id_hex(run, hex));
}

/* Returns the name of the architecture, or its number if it has no name. */
static json_t *json_arch(uint32_t audit)
{
	const struct arch *arch = arch_of_call((struct call_id){ audit, 0 });

	return arch ? json_string(arch->name) : json_integer(audit);
}

static json_t *json_field(const struct run *run, const struct field *f)
{
	const void *at = (const char *)run + f->offset;

	switch (f->type) {
	case FIELD_ID:
		return json_id(run);
	case FIELD_TEXT:
		return text_json(*(char *const *)at);
	case FIELD_LABELS:
		return json_labels(run);
	case FIELD_U64:
		return uint_json(*(const uint64_t *)at);
	case FIELD_U32:
		return f->offset == offsetof(struct run, arch) ?
			json_arch(run->arch) :
			json_integer(*(const uint32_t *)at);
	case FIELD_TEXTS:
		return json_texts(*(char **const *)at);
	case FIELD_GROUPS:
		return json_groups(run);
	case FIELD_RLIMITS:
		return json_rlimits(run);
	case FIELD_STATUS:
		return json_status(run);
	case FIELD_BOOL:
		return json_boolean(*(const bool *)at);
	case FIELD_LOSSES:
		return json_losses(run);
	}
	return json_null();
}

static json_t *json_part(const struct run *run)
{
	struct run whole = { 0 };

	memcpy(whole.id, run->whole, RUN_ID_SIZE);
	return json_pack("{so sI so}", "of", json_id(&whole),
			 "index", (json_int_t)run->part, "mark", run->mark ?
			 text_json(run->mark) : json_null());
}

json_t *run_json(const struct run *run)
{
	json_t *object = json_object();

	for (size_t i = 0; i < RUN_FIELDS; i++)
		json_object_set_new(object, fields_table[i].name,
				    json_field(run, &fields_table[i]));
	if (run->is_part)
		json_object_set_new(object, "part", json_part(run));
	return object;
}
