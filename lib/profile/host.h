/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What profiles are resolved with: for the conditions of container engines the
 * capabilities of the container and the kernel, and the files around a profile.
 */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/options.h"

struct host {
	uint64_t caps;			/* 1ULL << CAP_* */
	bool caps_given, kernel_given;	/* by an option */
	unsigned int version, patchlevel;	/* of the kernel: 6 and 18 */
	/* systemd's groups of calls, by profile_prepare(); NULL: not asked */
	struct systemd_groups *groups;
	/* The files that profiles include, by profile_prepare(); NULL: none */
	struct included *included;
	const char *path;	/* of the profile; what it includes is beside it */
	const char *root;	/* before absolute paths in it; NULL: none */
	const char *document;	/* of several SeccompProfiles; NULL: not given */
	/* The loader filters this machine's architecture, listed or not. */
	bool adds_native;
	/* It refuses an errno beside SCMP_ACT_ALLOW and the like. */
	bool refuses_stray_errno;
};

/* Docker's default capabilities (moby, oci/caps/defaults.go), this kernel. */
void host_init(struct host *h);
/* What profile_prepare() put there. */
void host_release(struct host *h);
/*
 * "NAME,…" with or without CAP_, "all" or "none". False: `*bad` (heap, caller
 * frees) is what no capability is called.
 */
bool host_set_caps(struct host *h, const char *list, char **bad);
/* "6.18", and whatever follows it in a release. False: it is no version. */
bool host_set_kernel(struct host *h, const char *release);

/* --cap and --kernel, as setters of options: `at` is where the host is. */
option_set host_option_caps, host_option_kernel;
#define HOST_OPTIONS(type, member, for_modes) \
	{ "cap", 0, "CAP,...", \
	  "the container's capabilities, for conditions in the\n" \
	  "profile: names, all or none", \
	  host_option_caps, .at = offsetof(type, member), \
	  .modes = (for_modes) }, \
	{ "kernel", 0, "VERSION", "the kernel, for the same (default: this one)", \
	  host_option_kernel, .at = offsetof(type, member), \
	  .modes = (for_modes) }, \
	{ "root", 0, "DIR", \
	  "a profile's absolute paths of includes are below DIR", \
	  options_text, .at = offsetof(type, member.root), \
	  .modes = (for_modes) }, \
	{ "document", 0, "NAME", \
	  "of a file with several SeccompProfiles, that one", \
	  options_text, .at = offsetof(type, member.document), \
	  .modes = (for_modes) }

bool host_has_cap(const struct host *h, const char *name);	/* "CAP_KILL" */
bool host_has_kernel(const struct host *h, unsigned int version,
		     unsigned int patchlevel);
/* "CAP_KILL, CAP_CHOWN", "Docker's default capabilities" …; heap */
char *host_caps_text(const struct host *h);

#endif
