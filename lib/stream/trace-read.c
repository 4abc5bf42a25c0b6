/* SPDX-License-Identifier: Apache-2.0 */
/* Reads streams into a trace. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "stream/fact-shape.h"
#include "stream/keep.h"

/*
 * Records refer to runs and images by indices that are valid within a segment.
 * These arrays map them to the trace's indices.
 */
struct segment {
	struct segment_run {
		uint32_t index;
		/*
		 * runs of this segment are complete once the trailer has been
		 * read
		 */
		bool complete;
	} *runs;
	size_t n_runs;
	uint32_t *images;
	size_t n_images;
	uint64_t unknown;	/* records of unknown kinds */
	bool *event_runs;	/* whether an event image has named its run */
	uint64_t event_runs_end;	/* the largest of these runs, plus 1 */
	uint32_t n_event_images;
	uint32_t n_event_files;
};

static void segment_clear(struct segment *s)
{
	free(s->runs);
	free(s->images);
	free(s->event_runs);
	*s = (struct segment){ 0 };
}

/* A copy of a run is complete if its segment is. */
static void segment_end(struct trace *t, struct segment *s, bool complete)
{
	for (size_t i = 0; i < s->n_runs; i++) {
		struct run *run = t->runs[s->runs[i].index];

		run->complete |= complete && s->runs[i].complete;
		run_lose(run, "record", s->unknown);
	}
	segment_clear(s);
}

/* The functions below return NULL, or what is wrong with the record. */

static const char *read_run(struct trace *t, struct segment *s,
			    const struct stream_record *record)
{
	struct segment_run *slot;
	const char *field;
	struct run run;

	if (record->n_fields != RUN_FIELDS)
		return "run record with a wrong number of fields";
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
 * Reads element `i` of a list in an image or a fact: [run, number…]. `n`
 * numbers go to `values`, and the trace's index of the run goes to `*run`. Runs
 * must ascend.
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
	/* the element before was read, so that it is well-formed */
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
		return "image record without a list of runs";
	for (uint32_t i = 0; i < list->via.array.size; i++) {
		struct image_use use;
		uint64_t v[2];

		if (!read_by_run(s, list, i, &use.run, v, 2))
			return "image record with an unknown run";
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
		return "image record with a wrong number of fields";
	if (f[1].type != MSGPACK_OBJECT_NIL &&
	    (!has_id || !id->size || id->size > BUILD_ID_MAX))
		return "image record with a malformed build-id";
	if (f[0].type != MSGPACK_OBJECT_NIL && !text_unpack(&f[0], &path))
		return "image record with a malformed path";
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
			  struct fact *key)
{
	uint64_t index, arch = 0;
	int64_t nr, answer = 0;
	size_t size = 0;

	if (!s->n_images || !uint_unpack(f++, s->n_images - 1, &index) ||
	    (shape->arch && !uint_unpack(f++, UINT32_MAX, &arch)) ||
	    !int_unpack(f++, INT32_MIN, INT32_MAX, &nr) ||
	    (fact_has_answer(shape) &&
	     (!int_unpack(f++, shape->answer_min, shape->answer_max,
			  &answer) || (!answer && !shape->answer_zero))) ||
	    (shape->read_detail && !shape->read_detail(f, detail, &size)))
		return false;
	*key = (struct fact){
		.image = s->images[index], .id = { arch, nr },
		.answer = answer, .detail = detail, .detail_size = size,
	};
	return true;
}

static const char *read_fact(struct trace *t, const struct segment *s,
			     enum fact_kind kind, struct stream_reader *r,
			     const struct stream_record *record)
{
	const struct fact_shape *shape = &fact_shapes[kind];
	const msgpack_object *list;
	uint8_t detail[DETAIL_MAX];
	struct fact key;

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
		return "malformed event image record";
	if (t->sink)
		t->sink->image(t->sink->arg, s->n_event_images, text);
	s->event_runs = xgrow(s->event_runs, s->n_event_images,
			      sizeof(*s->event_runs));
	s->event_runs[s->n_event_images++] = false;
	free(text);
	return NULL;
}

static const char *read_event_file(struct trace *t, struct segment *s,
				   const struct stream_record *record)
{
	const msgpack_object *path = record->fields;
	char *text = NULL;

	if (record->n_fields != 1 || s->n_event_files == UINT32_MAX ||
	    (path->type != MSGPACK_OBJECT_NIL && !text_unpack(path, &text)))
		return "malformed event file record";
	if (t->sink && t->sink->file)
		t->sink->file(t->sink->arg, s->n_event_files, text);
	s->n_event_files++;
	free(text);
	return NULL;
}

/* A result refers to a file by the file's number plus 1. */
static bool has_files(const struct segment *s, const struct happening *h)
{
	return h->what != HAPPENED_RESULT ||
		(h->args[2] <= s->n_event_files &&
		 h->args[3] <= s->n_event_files &&
		 h->args[4] <= s->n_event_files);
}

/* The receiver gets the runs later, after all events. */
static const char *read_event_run(struct trace *t, struct segment *s,
				  const struct stream_record *record)
{
	uint64_t image, run;

	if (record->n_fields != 2 ||
	    !uint_unpack(&record->fields[0], UINT32_MAX, &image) ||
	    !uint_unpack(&record->fields[1], STREAM_SIGHTINGS_MAX - 1, &run) ||
	    image >= s->n_event_images || s->event_runs[image])
		return "malformed event run record";
	s->event_runs[image] = true;
	if (run >= s->event_runs_end)
		s->event_runs_end = run + 1;
	if (t->sink)
		t->sink->run(t->sink->arg, image, run);
	return NULL;
}

static const char *read_events(struct trace *t, const struct segment *s,
			       const struct stream_record *record)
{
	struct events_reader events;
	enum events_next next;
	struct happening one;

	if (!events_open(&events, record))
		return "malformed events record";
	if (t->sink && t->sink->begin)
		t->sink->begin(t->sink->arg, events.kind == STREAM_TRACED);
	for (;;) {
		next = events_next(&events, &one);
		if (next != EVENTS_ONE)
			break;
		if (one.image >= s->n_event_images)
			return "event with an unknown image";
		if (!has_files(s, &one))
			return "event with an unknown file";
		t->n_events++;
		if (t->sink)
			t->sink->event(t->sink->arg, &one);
	}
	if (t->sink)
		t->sink->pause(t->sink->arg);
	return next == EVENTS_BAD ? "malformed event" : NULL;
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

/* The segment that keeps the fewest runs decides. */
static const char *read_keep(struct trace *t,
			     const struct stream_record *record)
{
	uint64_t keep;

	if (record->n_fields != 1 ||
	    !uint_unpack(&record->fields[0], KEEP_MAX, &keep) ||
	    keep < KEEP_MIN)
		return "malformed keep record";
	if (!t->keep || keep < t->keep)
		t->keep = keep;
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
	case STREAM_TRACED:
		return read_events(t, s, record);
	case STREAM_EVENT_IMAGE:
		return read_event_image(t, s, record);
	case STREAM_EVENT_FILE:
		return read_event_file(t, s, record);
	case STREAM_EVENT_RUN:
		return read_event_run(t, s, record);
	case STREAM_KEEP:
		return read_keep(t, record);
	}
	for (int kind = 0; kind < FACT_KINDS; kind++)
		if (record->kind == fact_shapes[kind].record)
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
			/* The runs can come after the events. */
			if (s->event_runs_end > s->n_runs)
				return stream_refuse(r, "event run record with "
						     "an unknown run");
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
	/* no buffer: see stream_reader_new() */
	setvbuf(file, NULL, _IONBF, 0);
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
