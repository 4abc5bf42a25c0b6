/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of systemd that protect whole directories, by systemd.exec(5),
 * and which of them contradict a recording.
 */
#ifndef PROTECTIONS_H
#define PROTECTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "names.h"
#include "paths.h"
#include "stream/trace.h"

/*
 * The access bits that a read-only mount denies, and those that noexec denies.
 */
enum {
	PATH_CHANGES = NAME_WRITE | NAME_CREATE | NAME_DELETE |
		NAME_TRUNCATE | NAME_CHANGE | NAME_RENAME | NAME_LINK |
		NAME_NAMELESS,
	PATH_RUNS = NAME_EXECUTE | NAME_MAP,
};

/*
 * Sorted paths. None is below another one, and each is in the syntax of units.
 */
struct path_list {
	char **at;		/* heap, each */
	size_t n;
};

void path_list_free(struct path_list *list);
void path_list_sort(struct path_list *list);
/*
 * Whether a sorted list has the path, or a directory above it for which
 * `covers` returns true.
 */
bool path_list_has(const struct path_list *list, const char *path,
		   bool (*covers)(const char *path, const char *directory));

/* Whether a run makes one of these calls. `names` ends with NULL. */
bool calls_any(const struct trace *t, const char *const *names);

/* Whether a run calls mount(2) or a similar call. */
bool calls_mount(const struct trace *t);
bool calls_pivot_root(const struct trace *t);

/*
 * Whether a run mounts or unmounts. Options that make a mount namespace would
 * hide that from the rest of the system.
 */
bool changes_mounts(const struct trace *t);

/*
 * Whether a run uses /tmp and /var/tmp only for files that it created under
 * names that nobody else can know.
 */
bool has_private_tmp(const struct trace *t);

/*
 * Writes the options that no recorded use contradicts. `writable` is the list
 * for ReadWritePaths=, and `private_tmp` comes from has_private_tmp().
 */
void write_protections(const struct trace *t, const struct path_list *writable,
		       bool private_tmp, FILE *out);

#endif
