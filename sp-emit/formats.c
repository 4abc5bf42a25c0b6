/* SPDX-License-Identifier: Apache-2.0 */
/* The table of formats. */
#include "format.h"

#define CONTAINER \
	(FORMAT_ONE_LIST | FORMAT_BEFORE | FORMAT_ERRNO | FORMAT_ARGS)
#define RUNTIMES (RUNTIME_RUNC | RUNTIME_CRUN)

static const struct format formats[] = {
	{ "oci", "the linux.seccomp object for a container runtime",
	  CONTAINER, DENY_ANY, RUNTIMES, write_oci, NULL },
	{ "docker", "the same in the form of Docker and podman, with archMap",
	  CONTAINER, DENY_ANY, RUNTIMES, write_docker, NULL },
	{ "spo", "a SeccompProfile for Kubernetes, in YAML",
	  CONTAINER, DENY_EPERM | DENY_KILL | DENY_LOG, RUNTIMES, write_spo, NULL },
	{ "systemd", "a drop-in for a systemd service",
	  FORMAT_ONE_LIST | FORMAT_BEFORE | FORMAT_START | FORMAT_ARGS |
	  FORMAT_FAMILIES, DENY_ANY, RUNTIME_SYSTEMD, write_systemd,
	  "with User=, SystemCallFilter= implies "
	  "NoNewPrivileges=yes" },
	{ "libseccomp", "a C header with a function that loads the filter",
	  FORMAT_ERRNO | FORMAT_ARGS, DENY_ANY, 0, write_libseccomp,
	  "sandprint_load() sets no_new_privs" },
	{ "bpf", "the filter as seccomp(2) takes it: for bwrap --seccomp",
	  FORMAT_BEFORE | FORMAT_ERRNO | FORMAT_BINARY | FORMAT_ARGS,
	  DENY_ANY, RUNTIME_BWRAP, write_bpf,
	  "bwrap sets no_new_privs" },
	{ "minijail", "a policy for minijail0 -S",
	  FORMAT_BEFORE | FORMAT_ERRNO | FORMAT_NATIVE | FORMAT_NAMES |
	  FORMAT_ARGS | FORMAT_STRICT, DENY_KILL, 0, write_minijail, NULL },
	{ "firejail", "lines for a firejail profile",
	  FORMAT_BEFORE | FORMAT_NAMES | FORMAT_NATIVE, DENY_ANY,
	  RUNTIME_FIREJAIL, write_firejail, NULL },
	{ "lxc", "a policy for lxc.seccomp.profile",
	  CONTAINER | FORMAT_LOCAL, DENY_EPERM | DENY_ERRNO,
	  RUNTIME_LXC, write_lxc, NULL },
	{ "kafel", "a policy for nsjail --seccomp_policy",
	  FORMAT_BEFORE | FORMAT_ERRNO | FORMAT_NATIVE | FORMAT_ARGS, DENY_ANY,
	  0, write_kafel, "nsjail sets no_new_privs" },
	{ "path-list", "the paths and sockets, a line each: see the manual",
	  FORMAT_TRACE | FORMAT_PATHS, DENY_NONE, 0, write_path_list, NULL },
	{ "apparmor", "an AppArmor profile",
	  FORMAT_TRACE | FORMAT_PATHS | FORMAT_POLICY | FORMAT_BEFORE |
	  FORMAT_START, DENY_LOG, 0, write_apparmor, NULL },
	{ "landlock", "a Landlock policy, in JSON",
	  FORMAT_TRACE | FORMAT_PATHS | FORMAT_POLICY | FORMAT_BEFORE |
	  FORMAT_START | FORMAT_LANDLOCK, DENY_NONE, 0, write_landlock,
	  "Landlock is put in force with no_new_privs" },
	{ "landlock-header", "a C header that puts it in force",
	  FORMAT_TRACE | FORMAT_PATHS | FORMAT_POLICY | FORMAT_LANDLOCK,
	  DENY_NONE, 0, write_landlock_header,
	  "sandprint_landlock() sets no_new_privs" },
	{ "markdown", "a short report about --oci's profile, for a pull request",
	  CONTAINER, DENY_ANY, RUNTIMES, write_markdown, NULL },
	{ "html", "a page about --oci's profile, for a browser",
	  CONTAINER, DENY_ANY, RUNTIMES, write_html, NULL },
	{ "json", "the trace itself, for jq", FORMAT_TRACE, DENY_NONE, 0,
	  write_json, NULL },
	{ "table", "the calls of the trace and their counts", FORMAT_TRACE,
	  DENY_NONE, 0, write_table, NULL },
	{ "timeline", "when each call was seen first, with the marks",
	  FORMAT_TRACE, DENY_NONE, 0, write_timeline, NULL },
	{ "strace", "the events of sp-record --every, as strace -f prints calls",
	  FORMAT_TRACE | FORMAT_EVENTS, DENY_NONE, 0, NULL, NULL },
	{ "ndjson", "the events of sp-record --every, as lines of JSON",
	  FORMAT_TRACE | FORMAT_EVENTS, DENY_NONE, 0, NULL, NULL },
};
const struct format *format_at(size_t i)
{
	return i < sizeof(formats) / sizeof(formats[0]) ? &formats[i] : NULL;
}
