/* SPDX-License-Identifier: Apache-2.0 */
/* The profile that the annotation io.containers.trace-syscall asks for. */
#ifndef CONTAINER_PROFILE_H
#define CONTAINER_PROFILE_H

#include "place.h"

/*
 * Have sp-emit --oci write the profile of the stream in the file `stream`, and
 * with --base the profile in the file `base` (-1: none), to a new file at `place`.
 * NULL, and the file's name on the heap; or what is wrong, on the heap.
 */
char *container_profile(int stream, int base, const struct place *place,
			char **name);

#endif
