/* SPDX-License-Identifier: Apache-2.0 */
/* The administrator's settings for --oci-hook, --oci-runtime and --nri. */
#ifndef CONTAINER_OPTIONS_H
#define CONTAINER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct container_options {
	/* the directory for streams; NULL: CONTAINER_DIRECTORY */
	const char *directory;
	const char **allowed;	/* other directories that annotations may name */
	size_t n_allowed;
	const char **selects;	/* --nri: KEY or KEY=PATTERN */
	size_t n_selects;
	bool allow_every;	/* annotations may ask for --every */
	const char *log;	/* a file for the journal's lines; NULL: none */
	/* seconds for which a start may wait; 0: PATIENCE_S */
	double patience;
	/* options for every recording; ends with NULL */
	char **recording;
};

#define CONTAINER_DIRECTORY "/var/lib/sandprint"
enum { PATIENCE_S = 1 };

static inline const char *
container_directory(const struct container_options *o)
{
	return o->directory ? o->directory : CONTAINER_DIRECTORY;
}

#endif
