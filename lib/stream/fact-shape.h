/* SPDX-License-Identifier: Apache-2.0 */
/* The form of the record of each kind of fact in a stream: sp-stream(5). */
#ifndef FACT_SHAPE_H
#define FACT_SHAPE_H

#include <msgpack.h>

#include "kernel/path.h"
#include "stream/stream.h"
#include "stream/trace.h"

/* Bytes: no kind of detail is longer. */
enum { DETAIL_MAX = 2 * PATH_FACT_MAX + 1 };

/*
 * A fact's record has an image, then its kind's part of the key, then its
 * sightings.
 */
struct fact_shape {
	enum stream_kind record;
	bool arch;
	int32_t answer_min, answer_max;	/* both 0: the kind has no answer */
	bool answer_zero;		/* can be 0 */
	/* NULL: no detail. Reads into `detail`, DETAIL_MAX bytes. */
	bool (*read_detail)(const msgpack_object *o, uint8_t *detail,
			    size_t *size);
	void (*write_detail)(const struct fact *fact, msgpack_packer *pk);
	/* The texts for the three ways in which a record can be malformed. */
	const char *bad_key, *bad_list, *bad_run;
};

extern const struct fact_shape fact_shapes[FACT_KINDS];

static inline bool fact_has_answer(const struct fact_shape *shape)
{
	return shape->answer_min;
}

/* The number of a record's fields after its kind. */
static inline uint32_t fact_fields(const struct fact_shape *shape)
{
	return 3 + shape->arch + fact_has_answer(shape) +
		(shape->read_detail != NULL);
}

#endif
