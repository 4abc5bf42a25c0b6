/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conditions under which profiles are resolved: the capabilities of the
 * container and the kernel, for conditions of container engines, and the files
 * beside a profile.
 */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/options.h"

struct host {
	uint64_t caps;			/* 1ULL << CAP_ */
	bool caps_given, kernel_given;	/* by an option */
	unsigned int version, patchlevel;	/* of the kernel: 6 and 18 */
	/*
	 * systemd's groups of calls, by profile_prepare(); NULL: systemd was
	 * not asked
	 */
	struct systemd_groups *groups;
	/*
	 * The files that profiles include, by profile_prepare(); NULL: there
	 * are none
	 */
	struct included *included;
	/* path of the profile; included files are found beside it */
	const char *path;
	const char *root;	/* prefix of absolute paths in it; NULL: none */
	/* which of several SeccompProfiles; NULL: not given */
	const char *document;
	/*
	 * The loader filters this machine's architecture even if it is not
	 * listed.
	 */
	bool adds_native;
	/* The loader refuses an errno beside SCMP_ACT_ALLOW and the like. */
	bool refuses_stray_errno;
};

/* Docker's default capabilities (moby, oci/caps/defaults.go), this kernel. */
void host_init(struct host *h);
/* Frees what profile_prepare() set. */
void host_release(struct host *h);
/*
 * "NAME,…" with or without CAP_, "all" or "none". False: `*bad` (heap, caller
 * frees) is the name that no capability has.
 */
bool host_set_caps(struct host *h, const char *list, char **bad);
/*
 * "6.18", and anything after it, as in a release's name. False: it is no
 * version.
 */
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
