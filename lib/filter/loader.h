/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs that load profiles. runc, crun and systemd make different
 * filters of one file.
 */
#ifndef LOADER_H
#define LOADER_H

#include "filter/filter.h"
#include "profile/profile.h"

struct loader;

/* "libseccomp", "runc", "runc-1.1.14", "crun", "systemd"; NULL: unknown. */
const struct loader *loader_by_name(const char *name);

/* The usual loader of a form, and whether a loader takes that form. */
const struct loader *loader_of(enum profile_form form);
bool loader_takes(const struct loader *loader, enum profile_form form);

/*
 * Whether its filters include this machine's architecture even if the profile
 * does not list it.
 */
bool loader_adds_native(const struct loader *loader);
/* Whether it refuses an errno with an action that takes none. */
bool loader_refuses_stray_errno(const struct loader *loader);

/*
 * Compiles the profile as the loader does. For "libseccomp" this is
 * filter_compile().
 */
int loader_compile(const struct loader *loader, const struct profile *profile,
		  struct filter **filter, char **problem);

#endif
