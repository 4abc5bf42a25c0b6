/* SPDX-License-Identifier: Apache-2.0 */
/* The profile that the annotation io.containers.trace-syscall asks for. */
#ifndef CONTAINER_PROFILE_H
#define CONTAINER_PROFILE_H

#include "place.h"

/*
 * Has sp-emit --oci write the profile of the stream in the file `stream` to a
 * new file at `place`, with --base and the profile in the file `base`, unless
 * that is -1. Returns NULL and sets the file's name, on the heap; or returns
 * what is wrong, on the heap.
 */
char *container_profile(int stream, int base, const struct place *place,
			char **name);

#endif
