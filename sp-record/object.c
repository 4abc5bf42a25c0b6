/* SPDX-License-Identifier: Apache-2.0 */
#include "object.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "skeleton.h"
#include "plain.skel.h"

/*
 * Both objects are accessed through the skeleton `record`, so their variables
 * must have the same layout.
 */
_Static_assert(sizeof(*((struct record *)0)->rodata) ==
	       sizeof(*((struct plain *)0)->rodata), "settings");
_Static_assert(sizeof(*((struct record *)0)->bss) ==
	       sizeof(*((struct plain *)0)->bss), "variables");

/* libbpf finds the maps and programs of the skeleton by their names. */
struct record *object_open(bool plain, const struct object_bytes *older,
			   const struct bpf_object_open_opts *options)
{
	struct record *skel = calloc(1, sizeof(*skel));
	int error = skel ? record__create_skeleton(skel) : -ENOMEM;

	if (!error && older->data) {
		skel->skeleton->data = older->data;
		skel->skeleton->data_sz = older->size;
	} else if (!error && plain) {
		skel->skeleton->data =
			(void *)plain__elf_bytes(&skel->skeleton->data_sz);
	}
	if (!error)
		error = bpf_object__open_skeleton(skel->skeleton, options);
	if (!error)
		return skel;
	if (skel)
		record__destroy(skel);
	errno = -error;
	return NULL;
}
