/* SPDX-License-Identifier: Apache-2.0 */
/* What container engines allow by default, to compare with. */
#ifndef ENGINE_H
#define ENGINE_H

#include <stddef.h>
#include <stdio.h>

/* How many of the calls that have a name a filter allows. */
struct allowance {
	size_t calls;		/* with at least some arguments */
	size_t narrowed;	/* of them, those that arguments decide on */
	size_t dangers[4];	/* of them, by rank from 1 (danger.h) */
};

enum { ENGINES = 2, ENGINE_FILES = 2 };

struct engine {
	const char *name;	/* "Docker" */
	const char *source;	/* version and where that is from */
	const char *arch;	/* libseccomp's name */
	/* where it is installed; NULL: nowhere */
	const char *files[ENGINE_FILES];
	/* capabilities that the engine gives; as host_set_caps() */
	const char *caps;
	struct allowance allowance;
};

/* The table's rows, NULL after the last. */
const struct engine *engine_at(size_t i);

/* The files of each row; NULL: it is not installed. */
struct engine_files {
	FILE *at[ENGINES][ENGINE_FILES];
};
void engine_open(struct engine_files *files);
void engine_close(struct engine_files *files);

#endif
