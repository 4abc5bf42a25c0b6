/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of BPF programs, which all have the skeleton of bpf/record.bpf.c. */
#ifndef OBJECT_H
#define OBJECT_H

#include <stdbool.h>

struct record;
struct bpf_object_open_opts;

/*
 * Opens the object. `plain` chooses the one without the code for settings
 * (SETTING in bpf/record.bpf.c), which takes half as long to load. Returns NULL
 * and errno on failure.
 */
struct record *object_open(bool plain,
			   const struct bpf_object_open_opts *options);

#endif
