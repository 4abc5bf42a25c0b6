/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places of a recording's files. An annotation may name a place in a
 * directory that the administrator allows. Links in that directory cannot lead
 * out of it, and existing files are not replaced.
 */
#ifndef PLACE_H
#define PLACE_H

#include "container-options.h"
#include "subject.h"

struct place {
	int directory;		/* an open descriptor; -1: none */
	char *name;		/* the file's name in it, to be freed */
	/* the directory's path for messages, to be freed */
	char *shown;
};

/*
 * Finds the place of a new file. `path` NULL: a default name in the directory
 * for streams, which is created if needed. Returns false on failure, with a
 * `problem` that the caller frees.
 */
bool place_find(struct place *p, const struct container_options *o,
		const struct subject *s, const char *path, char **problem);
/*
 * Opens a file in an allowed directory for reading. Returns a descriptor, or
 * -1.
 */
int place_open_file(const struct container_options *o, const char *path,
		    char **problem);
void place_free(struct place *p);

#endif
