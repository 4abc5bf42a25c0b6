/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a trace as one segment of a stream. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "stream/fact-shape.h"

/*
 * Returns the number of elements, of `n`, that go into the record that begins
 * with element `at`.
 */
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
 * An image with very many runs takes several records. wire[i] becomes the index
 * of image i's first record.
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
		       const struct fact *fact, uint32_t image, size_t at,
		       size_t n)
{
	const struct fact_shape *shape = &fact_shapes[kind];
	msgpack_packer *pk = stream_begin(w, shape->record,
					  fact_fields(shape));

	msgpack_pack_uint32(pk, image);
	if (shape->arch)
		msgpack_pack_uint32(pk, fact->id.arch);
	msgpack_pack_int32(pk, fact->id.nr);
	if (fact_has_answer(shape))
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
		const struct fact *fact = t->facts[kind].at[i];

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
	if (t->keep) {
		msgpack_pack_uint32(stream_begin(w, STREAM_KEEP, 1), t->keep);
		stream_end(w);
	}
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
