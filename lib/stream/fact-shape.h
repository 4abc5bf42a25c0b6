/* SPDX-License-Identifier: Apache-2.0 */
/* The form of each kind of fact in a stream: sp-stream(5). */
#ifndef FACT_SHAPE_H
#define FACT_SHAPE_H

#include <msgpack.h>

#include "kernel/path.h"
#include "stream/stream.h"
#include "stream/trace.h"

/* The size of the longest detail, in bytes. */
enum { DETAIL_MAX = 2 * PATH_FACT_MAX + 1 };

/*
 * The record of a fact has an image, then the key's other fields, which depend
 * on the kind, then the sightings.
 */
struct fact_shape {
	enum stream_kind record;
	bool arch;
	int32_t answer_min, answer_max;	/* both 0: the kind has no answer */
	bool answer_zero;		/* can be 0 */
	/*
	 * reads into `detail`, DETAIL_MAX bytes; NULL: the kind has no detail
	 */
	bool (*read_detail)(const msgpack_object *o, uint8_t *detail,
			    size_t *size);
	void (*write_detail)(const struct fact *fact, msgpack_packer *pk);
	/* messages for the three ways in which a record can be malformed */
	const char *bad_key, *bad_list, *bad_run;
};

extern const struct fact_shape fact_shapes[FACT_KINDS];

static inline bool fact_has_answer(const struct fact_shape *shape)
{
	return shape->answer_min;
}

/* Returns the number of fields that a record has after its kind. */
static inline uint32_t fact_fields(const struct fact_shape *shape)
{
	return 3 + shape->arch + fact_has_answer(shape) +
		(shape->read_detail != NULL);
}

#endif
