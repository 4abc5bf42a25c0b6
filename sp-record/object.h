/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of BPF programs, which all have the skeleton of bpf/record.bpf.c. */
#ifndef OBJECT_H
#define OBJECT_H

#include <stddef.h>

struct record;
struct bpf_object_open_opts;

/* The bytes of an object that is not in the skeleton. */
struct object_bytes {
	void *data;		/* NULL: this object is not used */
	size_t size;
};

/* Smaller objects need less time to load: see record.bpf.c. */
enum object_kind { OBJECT_COMPLETE, OBJECT_PLAIN, OBJECT_COMMAND };

/*
 * Opens the object. `older` has the one for older kernels, if it is needed; then
 * `kind` has no effect. The caller keeps `older`. Returns NULL with errno on
 * failure.
 */
struct record *object_open(enum object_kind kind,
			   const struct object_bytes *older,
			   const struct bpf_object_open_opts *options);

#endif
