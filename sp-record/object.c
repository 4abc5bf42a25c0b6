/* SPDX-License-Identifier: Apache-2.0 */
#include "object.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "skeleton.h"
#include "plain.skel.h"
#include "command.skel.h"

/*
 * All objects are accessed through the skeleton `record`, so their variables
 * must have the same layout.
 */
_Static_assert(sizeof(*((struct record *)0)->rodata) ==
	       sizeof(*((struct plain *)0)->rodata), "settings");
_Static_assert(sizeof(*((struct record *)0)->bss) ==
	       sizeof(*((struct plain *)0)->bss), "variables");
_Static_assert(sizeof(*((struct record *)0)->rodata) ==
	       sizeof(*((struct command *)0)->rodata), "settings");
_Static_assert(sizeof(*((struct record *)0)->bss) ==
	       sizeof(*((struct command *)0)->bss), "variables");

static void choose_object(struct bpf_object_skeleton *s, enum object_kind kind,
			  const struct object_bytes *older)
{
	if (older->data) {
		s->data = older->data;
		s->data_sz = older->size;
	} else if (kind == OBJECT_PLAIN) {
		s->data = (void *)plain__elf_bytes(&s->data_sz);
	} else if (kind == OBJECT_COMMAND) {
		s->data = (void *)command__elf_bytes(&s->data_sz);
	}
}

/* libbpf finds the maps and programs of the skeleton by their names. */
struct record *object_open(enum object_kind kind,
			   const struct object_bytes *older,
			   const struct bpf_object_open_opts *options)
{
	struct record *skel = calloc(1, sizeof(*skel));
	int error = skel ? record__create_skeleton(skel) : -ENOMEM;

	if (!error)
		choose_object(skel->skeleton, kind, older);
	if (!error)
		error = bpf_object__open_skeleton(skel->skeleton, options);
	if (!error)
		return skel;
	if (skel)
		record__destroy(skel);
	errno = -error;
	return NULL;
}
