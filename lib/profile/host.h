/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data on which a profile depends besides its own text: the capabilities
 * and the kernel, for conditions of container engines, and the files that
 * belong to the profile.
 */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/options.h"

struct host {
	uint64_t caps;			/* 1ULL << CAP_ */
	bool caps_given, kernel_given;	/* by an option */
	/* the kernel's: 6 and 18 for 6.18 */
	unsigned int version, patchlevel;
	/*
	 * systemd's groups of calls, set by profile_prepare(); NULL if systemd
	 * was not asked
	 */
	struct systemd_groups *groups;
	/*
	 * the files that the profile includes, set by profile_prepare(); NULL:
	 * none
	 */
	struct included *included;
	/* path of the profile, in whose directory included files are */
	const char *path;
	/* prefix for absolute paths in the profile; NULL: none */
	const char *root;
	/*
	 * name of the SeccompProfile to use, if there are several; NULL: not
	 * given
	 */
	const char *document;
	/*
	 * The loader filters this machine's architecture even if the profile
	 * does not list it.
	 */
	bool adds_native;
	/*
	 * The loader refuses an errno with SCMP_ACT_ALLOW and similar actions.
	 */
	bool refuses_stray_errno;
};

/*
 * Sets Docker's default capabilities (moby, oci/caps/defaults.go) and this
 * machine's kernel.
 */
void host_init(struct host *h);
/* Frees what profile_prepare() set. */
void host_release(struct host *h);
/*
 * Reads "NAME,…", with or without CAP_, "all" or "none". Returns false if a
 * name is not a capability; `*bad`, which the caller frees, is then the name.
 */
bool host_set_caps(struct host *h, const char *list, char **bad);
/*
 * Reads "6.18"; more may follow, as in a release's name. Returns false if the
 * text does not begin with a version.
 */
bool host_set_kernel(struct host *h, const char *release);

/* The setters of --cap and --kernel; `at` is the offset of the host. */
option_set host_option_caps, host_option_kernel;
#define HOST_OPTIONS(type, member, for_modes) \
	{ "cap", 0, "CAP,...", \
	  "the container's capabilities, for conditions in the\n" \
	  "profile: names, all or none", \
	  host_option_caps, .at = offsetof(type, member), \
	  .modes = (for_modes) }, \
	{ "kernel", 0, "VERSION", \
	  "the kernel's version, for conditions (default: this)", \
	  host_option_kernel, .at = offsetof(type, member), \
	  .modes = (for_modes) }, \
	{ "root", 0, "DIR", \
	  "look below DIR for files included by absolute paths", \
	  options_text, .at = offsetof(type, member.root), \
	  .modes = (for_modes) }, \
	{ "document", 0, "NAME", \
	  "read this one of several SeccompProfiles in a file", \
	  options_text, .at = offsetof(type, member.document), \
	  .modes = (for_modes) }

bool host_has_cap(const struct host *h, const char *name);	/* "CAP_KILL" */
bool host_has_kernel(const struct host *h, unsigned int version,
		     unsigned int patchlevel);
/*
 * Returns "CAP_KILL, CAP_CHOWN", "Docker's default capabilities" …; the caller
 * frees it.
 */
char *host_caps_text(const struct host *h);

#endif
