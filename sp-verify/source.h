/* SPDX-License-Identifier: Apache-2.0 */
/* The filter to verify, from files or from a process. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/input.h"
#include "filter/filter.h"
#include "filter/loader.h"
#include "profile/host.h"

struct filter_source {
	/* Paths, the oldest first. "-" is stdin. NULL ends the list. */
	const char **profiles;
	size_t n_profiles;
	const struct loader *loader;	/* the loader; NULL: libseccomp alone */
	struct host host;	/* the host for which conditions are resolved */
	/* The process whose filters were loaded before these. 0: none. */
	pid_t pid;
};

bool source_is_empty(const struct filter_source *s);
/*
 * Returns a name for messages, which the caller frees: the file, or the
 * process.
 */
char *source_name(const struct filter_source *s);
/* Files and data that must be read before the sandbox. */
struct source_files {
	struct inputs profiles;
	struct filter *of_process;	/* the filter of `pid` */
	/* It includes the data of profile_prepare(). */
	struct host host;
	/* Set by source_load(): a profile with `of_machine`. NULL: none. */
	const char *of_machine;
};

/*
 * Opens the files. Returns false if it printed and latched an error. Call
 * source_close() in either case.
 */
bool source_open(const struct filter_source *s, struct source_files *files);
void source_close(struct source_files *files);
/*
 * Loads all filters, which are in force together. Call it only once. Returns
 * NULL if it printed and latched an error.
 */
struct filter *source_load(const struct filter_source *s,
			   struct source_files *files);

#endif
