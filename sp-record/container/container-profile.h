/* SPDX-License-Identifier: Apache-2.0 */
/* The profile that the annotation io.containers.trace-syscall requests. */
#ifndef CONTAINER_PROFILE_H
#define CONTAINER_PROFILE_H

#include "place.h"

/*
 * Runs sp-emit --oci on the stream in the file `stream`, and writes the profile
 * to a new file at `place`. `base` is a file with the profile for --base; -1:
 * none. Returns NULL and sets the new file's name, or returns the error. The
 * caller frees both.
 */
char *container_profile(int stream, int base, const struct place *place,
			char **name);

#endif
