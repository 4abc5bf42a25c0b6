/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the files of a recording go. An annotation may name a place in a
 * directory that the administrator allows. No link there leads out of the
 * directory, and no existing file is replaced.
 */
#ifndef PLACE_H
#define PLACE_H

#include "container-options.h"
#include "subject.h"

struct place {
	int directory;		/* open; -1: none */
	char *name;		/* of the file in it; heap */
	char *shown;		/* the path of the directory, for messages; heap */
};

/*
 * `path` NULL: a new file in the directory of the streams, which is created if
 * need be. False: `problem` (heap, caller frees).
 */
bool place_find(struct place *p, const struct container_options *o,
		const struct subject *s, const char *path, char **problem);
/* A file to be read, in an allowed directory: a descriptor, or -1. */
int place_open_file(const struct container_options *o, const char *path,
		    char **problem);
void place_free(struct place *p);

#endif
