/* SPDX-License-Identifier: Apache-2.0 */
/* The filter that is verified: of files, and of a process. */
#ifndef SOURCE_H
#define SOURCE_H

#include <sys/types.h>

#include "filter.h"
#include "place.h"

struct filter_source {
	const char **profiles;	/* paths, "-" is stdin; the oldest first */
	size_t n_profiles;
	const struct place *place;	/* NULL: libseccomp alone */
	pid_t pid;		/* whose filters come before those; 0: none */
};

/* All of them in force together. NULL: printed and latched. */
struct filter *source_load(const struct filter_source *s);

#endif
