/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls that container engines allow by default, for comparison with other
 * profiles.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <stddef.h>
#include <stdio.h>

/* The number of named calls that a filter allows. */
struct allowance {
	/* all of them; some only with certain arguments */
	size_t calls;
	size_t narrowed;	/* those that depend on arguments */
	size_t dangers[4];	/* dangerous ones, by rank from 1 (danger.h) */
};

enum { ENGINES = 2, ENGINE_FILES = 2 };

struct engine {
	const char *name;	/* "Docker" */
	/* the engine's version, and the source of its profile */
	const char *source;
	const char *arch;	/* libseccomp's name */
	/* where the profile is installed; NULL: nowhere */
	const char *files[ENGINE_FILES];
	/* the capabilities that it gives, as in host_set_caps() */
	const char *caps;
	struct allowance allowance;
};

/* Returns the rows of the table; NULL after the last. */
const struct engine *engine_at(size_t i);

/* The files of each row; NULL if the profile is not installed. */
struct engine_files {
	FILE *at[ENGINES][ENGINE_FILES];
};
void engine_open(struct engine_files *files);
void engine_close(struct engine_files *files);

#endif
