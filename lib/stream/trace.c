/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "kernel/path.h"
#include "stream/stream.h"

/* Bytes: no kind has more. */
enum { DETAIL_MAX = 2 * PATH_FACT_MAX + 1 };

/* What an answer can be: linux/err.h, signal(7). */
enum { ANSWER_ERRNO_MAX = 4095, DENIAL_SIGNAL_MAX = 64 };

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

/* Where an element of a trace stands; the key's bytes follow. */
struct entry {
	UT_hash_handle hh;
	uint32_t index;
	char key[];
};

struct trace_index {
	struct entry *runs;	/* by id */
	struct entry *images;	/* by has-path, build-id size, build-id, path */
	struct entry *facts[FACT_KINDS];	/* by struct fact_key */
};

/* As much of `detail` as there is. */
struct fact_key {
	uint32_t image;
	struct call_id id;
	int32_t answer;
	uint8_t detail[DETAIL_MAX];
};

/* Fill in the key of a fact; its size in bytes. */
static size_t key_of(const struct call *fact, struct fact_key *key)
{
	key->image = fact->image;
	key->id = fact->id;
	key->answer = fact->answer;
	if (fact->detail_size)
		memcpy(key->detail, fact->detail, fact->detail_size);
	return offsetof(struct fact_key, detail) + fact->detail_size;
}

/*
 * The index of `key`, and whether it is new: then the caller appends the
 * element at `next`.
 */
static uint32_t lookup(struct entry **table, const void *key, size_t size,
		       uint32_t next, bool *is_new)
{
	struct entry *e;

	HASH_FIND(hh, *table, key, size, e);
	*is_new = !e;
	if (e)
		return e->index;
	e = xcalloc(1, sizeof(*e) + size);
	e->index = next;
	memcpy(e->key, key, size);
	HASH_ADD_KEYPTR(hh, *table, e->key, size, e);
	return next;
}

static void clear(struct entry **table)
{
	struct entry *e, *next;

	HASH_ITER(hh, *table, e, next) {
		HASH_DELETE(hh, *table, e);
		free(e);
	}
}

struct trace *trace_new(void)
{
	struct trace *t = xcalloc(1, sizeof(*t));

	t->index = xcalloc(1, sizeof(*t->index));
	return t;
}

static void free_image(struct image *image)
{
	free(image->path);
	free(image->uses);
	free(image);
}

static void free_call(struct call *call)
{
	free(call->detail);
	free(call->sightings);
	free(call);
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_runs; i++) {
		run_free(t->runs[i]);
		free(t->runs[i]);
	}
	for (size_t i = 0; i < t->n_images; i++)
		free_image(t->images[i]);
	for (int kind = 0; kind < FACT_KINDS; kind++) {
		for (size_t i = 0; i < t->facts[kind].n; i++)
			free_call(t->facts[kind].at[i]);
		clear(&t->index->facts[kind]);
		free(t->facts[kind].at);
	}
	clear(&t->index->runs);
	clear(&t->index->images);
	trace_free(t->whole);
	free(t->index);
	free(t->runs);
	free(t->images);
	free(t);
}

uint32_t trace_add_run(struct trace *t, struct run *run)
{
	bool is_new;
	uint32_t i = lookup(&t->index->runs, run->id, RUN_ID_SIZE, t->n_runs,
			    &is_new);

	if (is_new) {
		t->runs = xgrow(t->runs, t->n_runs, sizeof(*t->runs));
		t->runs[t->n_runs++] = xmemdup(run, sizeof(*run));
		memset(run, 0, sizeof(*run));
	} else {
		run_join(t->runs[i], run);
		run_free(run);
	}
	return i;
}

static struct image *new_image(const char *path, const uint8_t *build_id,
			       size_t build_id_size)
{
	struct image *image = xcalloc(1, sizeof(*image));

	image->path = path ? xstrdup(path) : NULL;
	image->build_id_size = build_id_size;
	if (build_id_size)
		memcpy(image->build_id, build_id, build_id_size);
	return image;
}

uint32_t trace_add_image(struct trace *t, const char *path,
			 const uint8_t *build_id, size_t build_id_size)
{
	size_t size = 2 + build_id_size + (path ? strlen(path) : 0);
	char *key = xcalloc(size, 1);
	bool is_new;
	uint32_t i;

	key[0] = path != NULL;
	key[1] = build_id_size;
	if (build_id_size)
		memcpy(key + 2, build_id, build_id_size);
	if (path)
		memcpy(key + 2 + build_id_size, path, strlen(path));
	i = lookup(&t->index->images, key, size, t->n_images, &is_new);
	free(key);
	if (is_new) {
		t->images = xgrow(t->images, t->n_images, sizeof(*t->images));
		t->images[t->n_images++] = new_image(path, build_id,
						     build_id_size);
	}
	return i;
}

/*
 * The element of `run` in an array that is sorted by run, each element of
 * which begins with the run's index; inserted, zeroed, when it is not there.
 */
static void *by_run(void *array, size_t *n, size_t size, uint32_t run)
{
	char **base = array;
	size_t low = 0, high = *n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint32_t at = *(uint32_t *)(*base + middle * size);

		if (at == run)
			return *base + middle * size;
		if (at < run)
			low = middle + 1;
		else
			high = middle;
	}
	*base = xgrow(*base, *n, size);
	memmove(*base + (low + 1) * size, *base + low * size,
		((*n)++ - low) * size);
	memset(*base + low * size, 0, size);
	*(uint32_t *)(*base + low * size) = run;
	return *base + low * size;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

void trace_add_use(struct trace *t, uint32_t image, const struct image_use *use)
{
	struct image *i = t->images[image];
	struct image_use *u = by_run(&i->uses, &i->n_uses, sizeof(*u),
				     use->run);

	u->execs = greater(u->execs, use->execs);
	u->tasks = greater(u->tasks, use->tasks);
}

static struct sighting *find_sighting(struct trace *t, enum fact_kind kind,
				      const struct call *key, uint32_t run)
{
	struct facts *facts = &t->facts[kind];
	struct fact_key k;
	bool is_new;
	uint32_t i = lookup(&t->index->facts[kind], &k, key_of(key, &k),
			    facts->n, &is_new);
	struct call *fact;

	if (is_new) {
		fact = xcalloc(1, sizeof(*fact));
		fact->image = key->image;
		fact->id = key->id;
		fact->answer = key->answer;
		fact->detail_size = key->detail_size;
		if (kind >= FACT_ARGUMENT)	/* even an empty one */
			fact->detail = xmemdup(key->detail, key->detail_size);
		facts->at = xgrow(facts->at, facts->n, sizeof(*facts->at));
		facts->at[facts->n++] = fact;
	}
	fact = facts->at[i];
	return by_run(&fact->sightings, &fact->n_sightings,
		      sizeof(*fact->sightings), run);
}

void trace_add_fact(struct trace *t, enum fact_kind kind,
		    const struct call *key, const struct sighting *sighting)
{
	struct sighting *s = find_sighting(t, kind, key, sighting->run);

	s->count = greater(s->count, sighting->count);
	s->first_ns = greater(s->first_ns, sighting->first_ns);
	s->flags |= sighting->flags;
}

void trace_sum_use(struct trace *t, uint32_t image, const struct image_use *use)
{
	struct image *i = t->images[image];
	struct image_use *u = by_run(&i->uses, &i->n_uses, sizeof(*u),
				     use->run);

	u->execs += use->execs;
	u->tasks += use->tasks;
}

void trace_sum_fact(struct trace *t, enum fact_kind kind,
		    const struct call *key, const struct sighting *sighting)
{
	struct sighting *s = find_sighting(t, kind, key, sighting->run);

	if (!s->count || sighting->first_ns < s->first_ns)
		s->first_ns = sighting->first_ns;
	s->count += sighting->count;
	s->flags |= sighting->flags;
}

static void put_u64(uint64_t value, uint8_t *to)
{
	for (int i = 0; i < 8; i++)
		to[i] = value >> (56 - 8 * i);
}

static uint64_t get_u64(const uint8_t *from)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | from[i];
	return value;
}

size_t argument_values(const struct call *fact,
		       struct argument_value values[ARGUMENT_VALUES_MAX])
{
	const uint8_t *at = fact->detail;
	size_t n = fact->detail_size / ARGUMENT_DETAIL_SIZE;

	for (size_t i = 0; i < n; i++, at += ARGUMENT_DETAIL_SIZE)
		values[i] = (struct argument_value){
			at[0], get_u64(at + 1), get_u64(at + 9)
		};
	return n;
}

void argument_detail(const struct argument_value *values, size_t n,
		     uint8_t *detail)
{
	for (size_t i = 0; i < n; i++, detail += ARGUMENT_DETAIL_SIZE) {
		detail[0] = values[i].index;
		put_u64(values[i].mask, detail + 1);
		put_u64(values[i].value, detail + 9);
	}
}

/* On the wire: index, mask, value and the next index. */
static bool read_values(const msgpack_object *o, uint8_t *detail, size_t *size)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	const msgpack_object *part = o->via.array.ptr;
	size_t n = o->via.array.size / 3;
	uint64_t index;

	if (o->type != MSGPACK_OBJECT_ARRAY || o->via.array.size % 3 ||
	    n > ARGUMENT_VALUES_MAX)
		return false;
	for (size_t i = 0; i < n; i++, part += 3) {
		if (!uint_unpack(&part[0], ARGUMENT_VALUES_MAX - 1, &index) ||
		    !uint_unpack(&part[1], UINT64_MAX, &values[i].mask) ||
		    !uint_unpack(&part[2], UINT64_MAX, &values[i].value) ||
		    values[i].value & ~values[i].mask ||
		    (i && index <= values[i - 1].index))
			return false;
		values[i].index = index;
	}
	argument_detail(values, n, detail);
	*size = n * ARGUMENT_DETAIL_SIZE;
	return true;
}

static void write_values(const struct call *fact, msgpack_packer *pk)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	size_t n = argument_values(fact, values);

	msgpack_pack_array(pk, 3 * n);
	for (size_t i = 0; i < n; i++) {
		msgpack_pack_uint8(pk, values[i].index);
		msgpack_pack_uint64(pk, values[i].mask);
		msgpack_pack_uint64(pk, values[i].value);
	}
}

static bool read_path(const msgpack_object *o, uint8_t *detail, size_t *size)
{
	char *text;

	if (!text_unpack(o, &text))
		return false;
	*size = strlen(text);
	if (*size <= PATH_FACT_MAX)
		memcpy(detail, text, *size);
	free(text);
	return *size && *size <= PATH_FACT_MAX;
}

static void write_path(const struct call *fact, msgpack_packer *pk)
{
	char *text = path_of_fact(fact);

	text_pack(text, pk);
	free(text);
}

char *path_of_fact(const struct call *fact)
{
	char *text = xcalloc(fact->detail_size + 1, 1);

	if (fact->detail_size)
		memcpy(text, fact->detail, fact->detail_size);
	return text;
}

/* An array of two paths. */
static bool read_move(const msgpack_object *o, uint8_t *detail, size_t *size)
{
	const msgpack_object *paths = o->via.array.ptr;
	size_t first, second;

	if (o->type != MSGPACK_OBJECT_ARRAY || o->via.array.size != 2 ||
	    !read_path(&paths[0], detail, &first))
		return false;
	detail[first] = '\0';
	if (!read_path(&paths[1], detail + first + 1, &second))
		return false;
	*size = first + 1 + second;
	return true;
}

static void write_move(const struct call *fact, msgpack_packer *pk)
{
	char *from = path_of_fact(fact);

	msgpack_pack_array(pk, 2);
	text_pack(from, pk);
	text_pack(from + strlen(from) + 1, pk);
	free(from);
}

/* A path, or nothing for the image `other`. */
static bool read_starter(const msgpack_object *o, uint8_t *detail,
			 size_t *size)
{
	*size = 0;
	return o->type == MSGPACK_OBJECT_NIL || read_path(o, detail, size);
}

static void write_starter(const struct call *fact, msgpack_packer *pk)
{
	if (fact->detail_size)
		write_path(fact, pk);
	else
		msgpack_pack_nil(pk);
}

static bool read_address(const msgpack_object *o, uint8_t *detail,
			 size_t *size)
{
	if (o->type != MSGPACK_OBJECT_BIN ||
	    o->via.bin.size > ADDRESS_FACT_MAX)
		return false;
	*size = o->via.bin.size;
	if (*size)
		memcpy(detail, o->via.bin.ptr, *size);
	return true;
}

static void write_address(const struct call *fact, msgpack_packer *pk)
{
	msgpack_pack_bin_with_body(pk, fact->detail, fact->detail_size);
}

/*
 * A fact's record has an image, then the part of the key that its kind has,
 * then its sightings.
 */
static const struct fact_shape {
	enum stream_kind record;
	bool arch;
	int32_t answer_min, answer_max;	/* both 0: it has none */
	bool answer_zero;		/* can be 0 */
	/* NULL: no detail. Reads into `detail`, DETAIL_MAX bytes. */
	bool (*read_detail)(const msgpack_object *o, uint8_t *detail,
			    size_t *size);
	void (*write_detail)(const struct call *fact, msgpack_packer *pk);
	const char *bad_key, *bad_list, *bad_run;
} shapes[FACT_KINDS] = {
#define PROBLEMS(what) \
	what " that is none", what " without a list of runs", \
	what " with a run that is none"
	[FACT_CALL] = { STREAM_CALL, true, 0, 0, false, NULL, NULL,
			PROBLEMS("a call") },
	[FACT_DENIAL] = { STREAM_DENIAL, true, -ANSWER_ERRNO_MAX,
			  DENIAL_SIGNAL_MAX, false, NULL, NULL,
			  PROBLEMS("a denial") },
	[FACT_OPERATION] = { STREAM_OPERATION, false, 0, 0, false, NULL, NULL,
			     PROBLEMS("an operation") },
	[FACT_ARGUMENT] = { STREAM_ARGUMENT, true, 0, 0, false, read_values,
			    write_values, PROBLEMS("an argument") },
	[FACT_PATH] = { STREAM_PATH, false, -ANSWER_ERRNO_MAX, 0, true,
			read_path, write_path, PROBLEMS("a path") },
	[FACT_SOCKET] = { STREAM_SOCKET, true, -ANSWER_ERRNO_MAX, 0, true,
			  read_address, write_address, PROBLEMS("a socket") },
	[FACT_MOVE] = { STREAM_MOVE, false, -ANSWER_ERRNO_MAX, 0, true,
			read_move, write_move, PROBLEMS("a move") },
	[FACT_START] = { STREAM_START, false, 0, 0, false, read_starter,
			 write_starter, PROBLEMS("a start") },
#undef PROBLEMS
};

static bool has_answer(const struct fact_shape *shape)
{
	return shape->answer_min;
}

/* Fields after the kind. */
static uint32_t fact_fields(const struct fact_shape *shape)
{
	return 3 + shape->arch + has_answer(shape) +
		(shape->read_detail != NULL);
}

/* Reading */

/* A segment's indices are its own: where its runs and images went. */
struct segment {
	struct segment_run {
		uint32_t index;
		bool complete;	/* holds once the trailer has been read */
	} *runs;
	size_t n_runs;
	uint32_t *images;
	size_t n_images;
	uint64_t unknown;	/* records of kinds that are not known */
	uint32_t n_event_images;
};

static void segment_clear(struct segment *s)
{
	free(s->runs);
	free(s->images);
	*s = (struct segment){ 0 };
}

/* A copy counts as complete when its segment is. */
static void segment_end(struct trace *t, struct segment *s, bool complete)
{
	for (size_t i = 0; i < s->n_runs; i++) {
		struct run *run = t->runs[s->runs[i].index];

		run->complete |= complete && s->runs[i].complete;
		run_lose(run, "record", s->unknown);
	}
	segment_clear(s);
}

/* The parsers below return NULL or what is wrong. */

static const char *read_run(struct trace *t, struct segment *s,
			    const struct stream_record *record)
{
	struct segment_run *slot;
	const char *field;
	struct run run;

	if (record->n_fields != RUN_FIELDS)
		return "a run with a wrong number of fields";
	field = run_unpack(&run, record->fields);
	if (field)
		return field;
	s->runs = xgrow(s->runs, s->n_runs, sizeof(*s->runs));
	slot = &s->runs[s->n_runs++];
	slot->complete = run.complete;
	run.complete = false;
	slot->index = trace_add_run(t, &run);
	return NULL;
}

/*
 * Element `i` of a list, [run, number…] of an image or a fact: `n` numbers go
 * to `values`, and the run as the trace knows it to `*run`. Runs ascend.
 */
static bool read_by_run(const struct segment *s, const msgpack_object *list,
			uint32_t i, uint32_t *run, uint64_t *values, uint32_t n)
{
	const msgpack_object *o = &list->via.array.ptr[i];
	const msgpack_object *part = o->via.array.ptr;
	uint64_t index;

	if (o->type != MSGPACK_OBJECT_ARRAY || o->via.array.size != n + 1 ||
	    !s->n_runs || !uint_unpack(&part[0], s->n_runs - 1, &index))
		return false;
	/* the element before was read: it is well-formed */
	if (i && index <= o[-1].via.array.ptr[0].via.u64)
		return false;
	*run = s->runs[index].index;
	for (uint32_t j = 0; j < n; j++)
		if (!uint_unpack(&part[j + 1], UINT64_MAX, &values[j]))
			return false;
	return true;
}

static bool is_list(const msgpack_object *o)
{
	return o->type == MSGPACK_OBJECT_ARRAY &&
		o->via.array.size <= STREAM_SIGHTINGS_MAX;
}

static const char *read_uses(struct trace *t, const struct segment *s,
			     uint32_t image, const msgpack_object *list)
{
	if (!is_list(list))
		return "an image without a list of runs";
	for (uint32_t i = 0; i < list->via.array.size; i++) {
		struct image_use use;
		uint64_t v[2];

		if (!read_by_run(s, list, i, &use.run, v, 2))
			return "an image with a run that is none";
		use.execs = v[0];
		use.tasks = v[1];
		trace_add_use(t, image, &use);
	}
	return NULL;
}

static const char *read_image(struct trace *t, struct segment *s,
			      const struct stream_record *record)
{
	const msgpack_object *f = record->fields;
	const msgpack_object_bin *id = &f[1].via.bin;
	bool has_id = record->n_fields == 3 && f[1].type == MSGPACK_OBJECT_BIN;
	char *path = NULL;
	uint32_t image;

	if (record->n_fields != 3)
		return "an image with a wrong number of fields";
	if (f[1].type != MSGPACK_OBJECT_NIL &&
	    (!has_id || !id->size || id->size > BUILD_ID_MAX))
		return "an image with a build-id that is none";
	if (f[0].type != MSGPACK_OBJECT_NIL && !text_unpack(&f[0], &path))
		return "an image with a path that is none";
	image = trace_add_image(t, path,
				has_id ? (const uint8_t *)id->ptr : NULL,
				has_id ? id->size : 0);
	free(path);
	s->images = xgrow(s->images, s->n_images, sizeof(*s->images));
	s->images[s->n_images++] = image;
	return read_uses(t, s, image, &f[2]);
}

static bool read_fact_key(const struct segment *s,
			  const struct fact_shape *shape,
			  const msgpack_object *f, uint8_t *detail,
			  struct call *key)
{
	uint64_t index, arch = 0;
	int64_t nr, answer = 0;
	size_t size = 0;

	if (!s->n_images || !uint_unpack(f++, s->n_images - 1, &index) ||
	    (shape->arch && !uint_unpack(f++, UINT32_MAX, &arch)) ||
	    !int_unpack(f++, INT32_MIN, INT32_MAX, &nr) ||
	    (has_answer(shape) &&
	     (!int_unpack(f++, shape->answer_min, shape->answer_max,
			  &answer) || (!answer && !shape->answer_zero))) ||
	    (shape->read_detail && !shape->read_detail(f, detail, &size)))
		return false;
	*key = (struct call){
		.image = s->images[index], .id = { arch, nr },
		.answer = answer, .detail = detail, .detail_size = size,
	};
	return true;
}

static const char *read_fact(struct trace *t, const struct segment *s,
			     enum fact_kind kind, struct stream_reader *r,
			     const struct stream_record *record)
{
	const struct fact_shape *shape = &shapes[kind];
	const msgpack_object *list;
	uint8_t detail[DETAIL_MAX];
	struct call key;

	if (record->n_fields != fact_fields(shape) ||
	    !read_fact_key(s, shape, record->fields, detail, &key))
		return shape->bad_key;
	list = &record->fields[record->n_fields - 1];
	if (!is_list(list) || !list->via.array.size)
		return shape->bad_list;
	for (uint32_t i = 0; i < list->via.array.size; i++) {
		struct sighting sighting;
		uint64_t v[3];

		if (!read_by_run(s, list, i, &sighting.run, v, 3) || !v[0] ||
		    v[2] > UINT32_MAX)
			return shape->bad_run;
		sighting.count = v[0];
		sighting.first_ns = v[1];
		sighting.flags = v[2];
		trace_add_fact(t, kind, &key, &sighting);
		if (kind == FACT_CALL)
			stream_reader_count(r, sighting.count);
	}
	return NULL;
}

static const char *read_event_image(struct trace *t, struct segment *s,
				    const struct stream_record *record)
{
	const msgpack_object *path = record->fields;
	char *text = NULL;

	if (record->n_fields != 1 || s->n_event_images == UINT32_MAX ||
	    (path->type != MSGPACK_OBJECT_NIL && !text_unpack(path, &text)))
		return "an image of events that is none";
	if (t->sink)
		t->sink->image(t->sink->arg, s->n_event_images, text);
	s->n_event_images++;
	free(text);
	return NULL;
}

static const char *read_events(struct trace *t, const struct segment *s,
			       const struct stream_record *record)
{
	struct events_reader events;
	enum events_next next;
	struct happening one;

	if (!events_open(&events, record))
		return "events that are none";
	for (;;) {
		next = events_next(&events, &one);
		if (next != EVENTS_ONE)
			break;
		if (one.image >= s->n_event_images)
			return "an event with an image that is none";
		t->n_events++;
		if (t->sink)
			t->sink->event(t->sink->arg, &one);
	}
	if (t->sink)
		t->sink->pause(t->sink->arg);
	return next == EVENTS_BAD ? "an event that is none" : NULL;
}

static const char *read_part(struct trace *t, const struct segment *s,
			     const struct stream_record *record)
{
	const msgpack_object *f = record->fields;
	uint64_t index;

	if (record->n_fields != PART_FIELDS || !s->n_runs ||
	    !uint_unpack(&f[0], s->n_runs - 1, &index) ||
	    !run_unpack_part(t->runs[s->runs[index].index], &f[1]))
		return "malformed part record";
	return NULL;
}

static const char *read_record(struct trace *t, struct segment *s,
			       struct stream_reader *r,
			       const struct stream_record *record)
{
	switch (record->kind) {
	case STREAM_RUN:
		return read_run(t, s, record);
	case STREAM_PART:
		return read_part(t, s, record);
	case STREAM_IMAGE:
		return read_image(t, s, record);
	case STREAM_EVENTS:
		return read_events(t, s, record);
	case STREAM_EVENT_IMAGE:
		return read_event_image(t, s, record);
	}
	for (int kind = 0; kind < FACT_KINDS; kind++)
		if (record->kind == shapes[kind].record)
			return read_fact(t, s, kind, r, record);
	s->unknown++;
	return NULL;
}

static enum stream_event read_all(struct trace *t, struct stream_reader *r,
				  struct segment *s)
{
	struct stream_record record;
	enum stream_event event;
	bool any = false;
	const char *why;

	for (;;) {
		event = stream_next(r, &record);
		if (event == STREAM_RECORD) {
			why = read_record(t, s, r, &record);
			if (why)
				return stream_refuse(r, why);
		} else if (event == STREAM_SEGMENT) {
			any = true;
		} else if (event == STREAM_COMPLETE) {
			segment_end(t, s, true);
		} else {
			return event == STREAM_END && !any ?
				stream_refuse(r, "empty") : event;
		}
	}
}

bool trace_read(struct trace *t, FILE *file, unsigned int flags,
		char **problem)
{
	struct stream_reader *r = stream_reader_new(file);
	struct segment segment = { 0 };
	enum stream_event event = read_all(t, r, &segment);

	if (event == STREAM_TRUNCATED && flags & TRACE_PARTIAL) {
		segment_end(t, &segment, false);
		event = STREAM_END;
	}
	*problem = event == STREAM_END ? NULL : xstrdup(stream_problem(r));
	segment_clear(&segment);
	stream_reader_free(r);
	return !*problem;
}

bool trace_load(struct trace *t, struct input *in, unsigned int flags)
{
	FILE *file = input_file(in);
	char *problem;
	bool ok;

	if (!file)
		return false;
	if (file == stdin && isatty(STDIN_FILENO)) {
		message_error("<stdin>: a stream is not read from a terminal: "
			      "name a file or pipe one in");
		return false;
	}
	setvbuf(file, NULL, _IONBF, 0);		/* see stream_reader_new() */
	ok = trace_read(t, file, flags, &problem);
	if (!ok)
		message_error("%s: %s", input_name(in->path), problem);
	free(problem);
	input_close(in);
	return ok;
}

bool trace_load_all(struct trace *t, struct inputs *inputs, unsigned int flags)
{
	bool ok = !inputs->incomplete;

	for (size_t i = 0; i < inputs->n; i++)
		ok &= trace_load(t, &inputs->at[i], flags);
	return ok;
}

/* Canonical order */

static int compare_runs(const void *a, const void *b, void *arg)
{
	struct run **runs = arg;

	return memcmp(runs[*(const uint32_t *)a]->id,
		      runs[*(const uint32_t *)b]->id, RUN_ID_SIZE);
}

static int compare_build_ids(const struct image *a, const struct image *b)
{
	size_t n = a->build_id_size < b->build_id_size ?
		a->build_id_size : b->build_id_size;
	int order = memcmp(a->build_id, b->build_id, n);

	return order ? order :
		(a->build_id_size > b->build_id_size) -
		(a->build_id_size < b->build_id_size);
}

int image_compare(const struct image *a, const struct image *b)
{
	int order;

	if (!a->path || !b->path)
		order = (a->path != NULL) - (b->path != NULL);
	else
		order = strcmp(a->path, b->path);
	return order ? order : compare_build_ids(a, b);
}

static int compare_images(const void *a, const void *b, void *arg)
{
	struct image **images = arg;

	return image_compare(images[*(const uint32_t *)a],
			     images[*(const uint32_t *)b]);
}

int detail_compare(const struct call *a, const struct call *b)
{
	size_t n = a->detail_size < b->detail_size ? a->detail_size :
		b->detail_size;
	int order = n ? memcmp(a->detail, b->detail, n) : 0;

	return order ? order : (a->detail_size > b->detail_size) -
		(a->detail_size < b->detail_size);
}

static int compare_facts(const void *a, const void *b)
{
	const struct call *x = *(struct call *const *)a;
	const struct call *y = *(struct call *const *)b;

	if (x->image != y->image)
		return x->image < y->image ? -1 : 1;
	return call_id_compare(&x->id, &y->id) ? :
		((x->answer > y->answer) - (x->answer < y->answer)) ? :
		detail_compare(x, y);
}

/* qsort(3) is not to be called with a null array. */
static void sort(void *array, size_t n, size_t size,
		 int (*compare)(const void *, const void *))
{
	if (n > 1)
		qsort(array, n, size, compare);
}

static int compare_by_run(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/*
 * Sort an array of pointers; the result says where each old index went. The
 * caller frees it.
 */
static uint32_t *reorder(void *array, size_t n,
			 int (*compare)(const void *, const void *, void *))
{
	void **elements = array;
	void **old = xmemdup(elements, n * sizeof(*elements));
	uint32_t *order = xcalloc(n, sizeof(*order));
	uint32_t *went = xcalloc(n, sizeof(*went));

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), compare, elements);
	for (size_t i = 0; i < n; i++)
		went[order[i]] = i;
	for (size_t i = 0; i < n; i++)
		elements[i] = old[order[i]];
	free(order);
	free(old);
	return went;
}

static void renumber(struct entry *table, const uint32_t *went)
{
	for (struct entry *e = table; e; e = e->hh.next)
		e->index = went[e->index];
}

static void renumber_runs(struct call *fact, const uint32_t *went)
{
	for (size_t i = 0; i < fact->n_sightings; i++)
		fact->sightings[i].run = went[fact->sightings[i].run];
	sort(fact->sightings, fact->n_sightings, sizeof(*fact->sightings),
	     compare_by_run);
}

static void sort_runs(struct trace *t)
{
	uint32_t *went = reorder(t->runs, t->n_runs, compare_runs);

	renumber(t->index->runs, went);
	for (size_t i = 0; i < t->n_images; i++) {
		struct image *image = t->images[i];

		for (size_t j = 0; j < image->n_uses; j++)
			image->uses[j].run = went[image->uses[j].run];
		sort(image->uses, image->n_uses, sizeof(*image->uses),
		     compare_by_run);
	}
	for (int kind = 0; kind < FACT_KINDS; kind++)
		for (size_t i = 0; i < t->facts[kind].n; i++)
			renumber_runs(t->facts[kind].at[i], went);
	free(went);
}

static void sort_images(struct trace *t)
{
	uint32_t *went = reorder(t->images, t->n_images, compare_images);

	renumber(t->index->images, went);
	for (int kind = 0; kind < FACT_KINDS; kind++)
		for (size_t i = 0; i < t->facts[kind].n; i++) {
			struct call *fact = t->facts[kind].at[i];

			fact->image = went[fact->image];
		}
	free(went);
}

/* The keys of facts hold image indices, so their table is made anew. */
static void sort_facts(struct facts *facts, struct entry **index)
{
	sort(facts->at, facts->n, sizeof(*facts->at), compare_facts);
	clear(index);
	for (size_t i = 0; i < facts->n; i++) {
		struct fact_key key;
		bool is_new;

		lookup(index, &key, key_of(facts->at[i], &key), i, &is_new);
	}
}

void trace_sort(struct trace *t)
{
	sort_runs(t);
	sort_images(t);
	for (int kind = 0; kind < FACT_KINDS; kind++)
		sort_facts(&t->facts[kind], &t->index->facts[kind]);
}

/* Writing */

/* How many of `n` elements from `at` on go into one record. */
static size_t portion(size_t n, size_t at)
{
	return n - at < STREAM_SIGHTINGS_MAX ? n - at : STREAM_SIGHTINGS_MAX;
}

static void write_image(struct stream_writer *w, const struct image *image,
			size_t at, size_t n)
{
	msgpack_packer *pk = stream_begin(w, STREAM_IMAGE, 3);

	if (image->path)
		text_pack(image->path, pk);
	else
		msgpack_pack_nil(pk);
	if (image->build_id_size)
		msgpack_pack_bin_with_body(pk, image->build_id,
					   image->build_id_size);
	else
		msgpack_pack_nil(pk);
	msgpack_pack_array(pk, n);
	for (size_t i = at; i < at + n; i++) {
		msgpack_pack_array(pk, 3);
		msgpack_pack_uint32(pk, image->uses[i].run);
		msgpack_pack_uint64(pk, image->uses[i].execs);
		msgpack_pack_uint64(pk, image->uses[i].tasks);
	}
	stream_end(w);
}

/*
 * An image of very many runs is written more than once; `wire` gets the
 * index of its first record.
 */
static void write_images(struct stream_writer *w, const struct trace *t,
			 uint32_t *wire)
{
	uint32_t records = 0;

	for (size_t i = 0; i < t->n_images; i++) {
		const struct image *image = t->images[i];
		size_t at = 0;

		wire[i] = records;
		do {
			size_t n = portion(image->n_uses, at);

			write_image(w, image, at, n);
			records++;
			at += n;
		} while (at < image->n_uses);
	}
}

static void write_fact(struct stream_writer *w, enum fact_kind kind,
		       const struct call *fact, uint32_t image, size_t at,
		       size_t n)
{
	const struct fact_shape *shape = &shapes[kind];
	msgpack_packer *pk = stream_begin(w, shape->record,
					  fact_fields(shape));

	msgpack_pack_uint32(pk, image);
	if (shape->arch)
		msgpack_pack_uint32(pk, fact->id.arch);
	msgpack_pack_int32(pk, fact->id.nr);
	if (has_answer(shape))
		msgpack_pack_int32(pk, fact->answer);
	if (shape->write_detail)
		shape->write_detail(fact, pk);
	msgpack_pack_array(pk, n);
	for (size_t i = at; i < at + n; i++) {
		const struct sighting *s = &fact->sightings[i];

		msgpack_pack_array(pk, 4);
		msgpack_pack_uint32(pk, s->run);
		msgpack_pack_uint64(pk, s->count);
		msgpack_pack_uint64(pk, s->first_ns);
		msgpack_pack_uint32(pk, s->flags);
		if (kind == FACT_CALL)
			stream_writer_count(w, s->count);
	}
	stream_end(w);
}

static void write_facts(struct stream_writer *w, const struct trace *t,
			enum fact_kind kind, const uint32_t *wire)
{
	for (size_t i = 0; i < t->facts[kind].n; i++) {
		const struct call *fact = t->facts[kind].at[i];

		for (size_t at = 0, n; at < fact->n_sightings; at += n) {
			n = portion(fact->n_sightings, at);
			write_fact(w, kind, fact, wire[fact->image], at, n);
		}
	}
}

static void write_parts(struct stream_writer *w, const struct trace *t)
{
	for (size_t i = 0; i < t->n_runs; i++) {
		msgpack_packer *pk;

		if (!t->runs[i]->is_part)
			continue;
		pk = stream_begin(w, STREAM_PART, PART_FIELDS);
		msgpack_pack_uint32(pk, i);
		run_pack_part(t->runs[i], pk);
		stream_end(w);
	}
}

void trace_write(struct trace *t, FILE *file)
{
	trace_finish(t, stream_writer_new(file));
}

void trace_finish(struct trace *t, struct stream_writer *w)
{
	uint32_t *wire = xcalloc(t->n_images, sizeof(*wire));

	trace_sort(t);
	for (size_t i = 0; i < t->n_runs; i++) {
		run_pack(t->runs[i], stream_begin(w, STREAM_RUN, RUN_FIELDS));
		stream_end(w);
	}
	write_parts(w, t);
	write_images(w, t, wire);
	for (int kind = 0; kind < FACT_KINDS; kind++)
		write_facts(w, t, kind, wire);
	free(wire);
	stream_writer_finish(w);
}

/* Totals */

uint64_t call_count(const struct call *call)
{
	uint64_t count = 0;

	for (size_t i = 0; i < call->n_sightings; i++)
		count = count_add(count, call->sightings[i].count);
	return count;
}

uint64_t call_first_ns(const struct call *call)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < call->n_sightings; i++)
		if (call->sightings[i].first_ns < first)
			first = call->sightings[i].first_ns;
	return first;
}

uint32_t call_flags(const struct call *call)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < call->n_sightings; i++)
		flags |= call->sightings[i].flags;
	return flags;
}

bool call_is_initial(const struct call *call)
{
	for (size_t i = 0; i < call->n_sightings; i++)
		if (!(call->sightings[i].flags & SIGHTING_INITIAL) ||
		    call->sightings[i].count > 1)
			return false;
	return true;
}

const char *denial_text(int32_t answer, char buf[DENIAL_TEXT_MAX])
{
	const char *name = answer < 0 ? strerrorname_np(-answer) :
		sigabbrev_np(answer);

	if (answer < 0 && name)
		snprintf(buf, DENIAL_TEXT_MAX, "%s", name);
	else if (answer < 0)
		snprintf(buf, DENIAL_TEXT_MAX, "errno %d", -answer);
	else if (name)
		snprintf(buf, DENIAL_TEXT_MAX, "killed by SIG%s", name);
	else
		snprintf(buf, DENIAL_TEXT_MAX, "killed by signal %d", answer);
	return buf;
}

static int compare_totals(const void *a, const void *b)
{
	const struct call_total *x = a, *y = b;

	return call_id_compare(&x->id, &y->id);
}

/* Make neighbours of one call one; returns how many are left. */
static size_t fold(struct call_total *totals, size_t n)
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		struct call_total *last = &totals[used ? used - 1 : 0];

		if (!used || call_id_compare(&last->id, &totals[i].id)) {
			totals[used++] = totals[i];
			continue;
		}
		last->count = count_add(last->count, totals[i].count);
		last->flags |= totals[i].flags;
		if (totals[i].first_ns < last->first_ns)
			last->first_ns = totals[i].first_ns;
	}
	return used;
}

struct call_total *trace_totals(const struct trace *t,
				bool (*keep)(const struct call *, void *),
				void *arg, size_t *n)
{
	struct call_total *totals = xcalloc(t->calls.n, sizeof(*totals));
	size_t used = 0;

	for (size_t i = 0; i < t->calls.n; i++) {
		const struct call *call = t->calls.at[i];

		if (keep && !keep(call, arg))
			continue;
		totals[used++] = (struct call_total){
			.id = call->id,
			.count = call_count(call),
			.first_ns = call_first_ns(call),
			.flags = call_flags(call),
		};
	}
	sort(totals, used, sizeof(*totals), compare_totals);
	*n = fold(totals, used);
	return totals;
}

const char *image_name(const struct image *image)
{
	return image->path ? image->path : "(other)";
}

static int by_id(const void *a, const void *b)
{
	const struct call *x = *(struct call *const *)a;
	const struct call *y = *(struct call *const *)b;
	int order = call_id_compare(&x->id, &y->id);

	if (!order)
		order = (x->answer > y->answer) - (x->answer < y->answer);
	if (!order)
		order = (x->image > y->image) - (x->image < y->image);
	return order ? order : detail_compare(x, y);
}

struct call **facts_by_id(const struct facts *facts)
{
	struct call **list = xcalloc(facts->n + 1, sizeof(*list));

	for (size_t i = 0; i < facts->n; i++)
		list[i] = facts->at[i];
	qsort(list, facts->n, sizeof(*list), by_id);
	return list;
}

struct call **facts_of_call(struct call **list, size_t n, struct call_id id,
			    size_t *count)
{
	size_t first = 0, half;

	for (size_t left = n; left; left = half) {
		half = left / 2;
		if (call_id_compare(&list[first + half]->id, &id) >= 0)
			continue;
		first += half + 1;
		half = left - half - 1;
	}
	for (*count = 0; first + *count < n; ++*count)
		if (call_id_compare(&list[first + *count]->id, &id))
			break;
	return list + first;
}
