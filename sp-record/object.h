/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of BPF programs, which all have the skeleton of bpf/record.bpf.c. */
#ifndef OBJECT_H
#define OBJECT_H

#include <stdbool.h>
#include <stddef.h>

struct record;
struct bpf_object_open_opts;

/* An object that is not in the skeleton. */
struct object_bytes {
	void *data;		/* NULL: another object is used */
	size_t size;
};

/*
 * Opens the object. `plain` chooses the one without the code for settings
 * (SETTING in bpf/record.bpf.c), which takes half as long to load; `older` has
 * the one for older kernels, if they need it, and stays with the caller.
 * Returns NULL and errno on failure.
 */
struct record *object_open(bool plain, const struct object_bytes *older,
			   const struct bpf_object_open_opts *options);

#endif
