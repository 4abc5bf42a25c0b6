/* SPDX-License-Identifier: Apache-2.0 */
/* The filter that is verified: of files, and of a process. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/input.h"
#include "filter/filter.h"
#include "filter/loader.h"
#include "profile/host.h"

struct filter_source {
	const char **profiles;	/* paths, "-" is stdin; the oldest first; to NULL */
	size_t n_profiles;
	const struct loader *loader;	/* NULL: libseccomp alone */
	struct host host;	/* what conditions are resolved for */
	pid_t pid;		/* whose filters come before those; 0: none */
};

bool source_is_empty(const struct filter_source *s);
/* What people call it: its file, or process; heap. */
char *source_name(const struct filter_source *s);
/* What is opened before a sandbox. */
struct source_files {
	struct inputs profiles;
	struct filter *of_process;	/* of `pid` */
	struct host host;		/* what profile_prepare() found */
};

/* False: printed and latched. source_close() in either case. */
bool source_open(const struct filter_source *s, struct source_files *files);
void source_close(struct source_files *files);
/* All of them in force together, once. NULL: printed and latched. */
struct filter *source_load(const struct filter_source *s,
			   struct source_files *files);

#endif
