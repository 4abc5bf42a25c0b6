/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs that load profiles. runc, crun and systemd make different
 * filters from the same file.
 */
#ifndef LOADER_H
#define LOADER_H

#include "filter/filter.h"
#include "profile/profile.h"

struct loader;

/*
 * Names are "libseccomp", "runc", "runc-1.1.14", "crun" and "systemd". NULL:
 * unknown name.
 */
const struct loader *loader_by_name(const char *name);

/*
 * loader_of() finds the usual loader of a profile's form; the other function
 * says whether a loader accepts that form.
 */
const struct loader *loader_of(enum profile_form form);
bool loader_takes(const struct loader *loader, enum profile_form form);

/*
 * Whether the loader filters this machine's architecture even if the profile
 * does not list it.
 */
bool loader_adds_native(const struct loader *loader);
/* Whether the loader refuses an errno with an action that takes none. */
bool loader_refuses_stray_errno(const struct loader *loader);

/*
 * Compiles the profile as the loader does. The loader "libseccomp" uses
 * filter_compile() alone.
 */
int loader_compile(const struct loader *loader, const struct profile *profile,
		  struct filter **filter, char **problem);

#endif
