/* SPDX-License-Identifier: Apache-2.0 */
/* What container engines allow by default, to compare with. */
#ifndef ENGINE_H
#define ENGINE_H

#include <stddef.h>

/* Of the calls that have a name: how many a filter allows. */
struct allowance {
	size_t calls;		/* with some argument at least */
	size_t narrowed;	/* of them, those that arguments decide on */
	size_t dangers[4];	/* of them, by rank from 1 (danger.h) */
};

struct engine {
	const char *name;	/* "Docker" */
	const char *source;	/* version and where that is from */
	const char *arch;	/* libseccomp's name */
	const char *files[3];	/* where it is found on a machine; to NULL */
	const char *caps;	/* that the engine gives; as host_set_caps() */
	struct allowance allowance;
};

/* The table's rows, NULL after the last. */
const struct engine *engine_at(size_t i);

#endif
