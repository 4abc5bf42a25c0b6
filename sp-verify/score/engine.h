/* SPDX-License-Identifier: Apache-2.0 */
/* What container engines allow by default, to compare with. */
#ifndef ENGINE_H
#define ENGINE_H

#include <stddef.h>
#include <stdio.h>

/* Of the calls that have a name: how many a filter allows. */
struct allowance {
	size_t calls;		/* with some argument at least */
	size_t narrowed;	/* of them, those that arguments decide on */
	size_t dangers[4];	/* of them, by rank from 1 (danger.h) */
};

enum { ENGINES = 2, ENGINE_FILES = 2 };

struct engine {
	const char *name;	/* "Docker" */
	const char *source;	/* version and where that is from */
	const char *arch;	/* libseccomp's name */
	const char *files[ENGINE_FILES];	/* where it is found; NULL: none */
	const char *caps;	/* that the engine gives; as host_set_caps() */
	struct allowance allowance;
};

/* The table's rows, NULL after the last. */
const struct engine *engine_at(size_t i);

/* The files of each row; NULL: it is not there. */
struct engine_files {
	FILE *at[ENGINES][ENGINE_FILES];
};
void engine_open(struct engine_files *files);
void engine_close(struct engine_files *files);

#endif
