/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formats that sp-emit writes: a file for each, and a row in the table in
 * formats.c. All checks are done before a writer is called; a failed write
 * shows in ferror(out).
 */
#ifndef FORMAT_H
#define FORMAT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "profile/group.h"
#include "profile/profile.h"
#include "stream/trace.h"

/*
 * Why a rule is in the profile, in addition to the reasons in profile.h: its
 * name is allowed on another architecture, and the format has one list for all.
 */
#define ORIGIN_UNION (1U << 29)
/* The profile of --base allows it. */
#define ORIGIN_BASE (1U << 27)
/* --add names it, or asks for so many of the possible calls. */
#define ORIGIN_ADDED (1U << 26)

struct possible;	/* possible/possible.h */
struct results;		/* results.h */

struct emit {
	const struct trace *trace;
	const struct profile *profile;	/* NULL with FORMAT_TRACE */
	/* the choice of groups that the profile was built with */
	struct group_choice choice;
	bool partial;		/* of an incomplete recording */
	const bool *args;	/* --args: wanted rows of argument.h, or NULL */
	bool paths;		/* --paths: with --systemd */
	bool harden;		/* --harden: with --systemd */
	bool allow_denied;	/* --allow-denied */
	unsigned int general;	/* --generalize: enum general_rule (paths.h) */
	bool widen;		/* --widen-names */
	bool complain;		/* --deny=log: with --apparmor */
	const char *base;	/* the file of --base, or NULL */
	const struct possible *possible;	/* what --add chose from, or NULL */
	bool lists_possible;	/* --possible */
	const struct results *results;	/* in the stream, for --table; or NULL */
};

enum format_flag {
	FORMAT_TRACE = 1,	/* the trace itself: no profile, no groups */
	FORMAT_ONE_LIST = 2,	/* one list of names for all architectures */
	FORMAT_BEFORE = 4,	/* loaded before the program is executed */
	FORMAT_ERRNO = 8,	/* can answer single calls with an errno */
	FORMAT_EVENTS = 16,	/* the events of the stream, as they are read */
	FORMAT_BINARY = 32,	/* no text: not for a terminal */
	FORMAT_NAMES = 64,	/* a call is named, never numbered */
	FORMAT_NATIVE = 128,	/* has the native architecture only */
	FORMAT_ARGS = 256,	/* rules can look at arguments */
	FORMAT_FAMILIES = 512,	/* of these, only at families of sockets */
	FORMAT_PATHS = 1024,	/* made of paths: needs runs that have them */
	FORMAT_POLICY = 2048,	/* of paths, generalized */
	FORMAT_START = 4096,	/* of a service: with FORMAT_BEFORE, the start of
				   each of its programs has to be in it */
	FORMAT_STRICT = 8192,	/* its loader may be older than the kernel, and
				   refuses a list with a name it does not know */
	FORMAT_LANDLOCK = 16384,	/* --explain is explain_landlock() */
	FORMAT_LOCAL = 32768,	/* its list is in force on all architectures
				   of the machine, recorded or not */
};

/*
 * The values that --deny can have; the first one that is allowed is the
 * default.
 */
enum format_deny {
	DENY_EPERM = 1,
	DENY_ERRNO = 2,		/* any other errno */
	DENY_KILL = 4,
	DENY_LOG = 8,
	DENY_ANY = 15,
	DENY_NONE = 0,		/* there is only one */
};

struct format {
	const char *name;	/* of the option */
	const char *help;
	unsigned int flags;	/* enum format_flag */
	unsigned int denials;	/* enum format_deny */
	unsigned int runtimes;	/* RUNTIME_*: who loads it, with no --runtime */
	/* A problem is printed and latched: nothing is written then. */
	void (*write)(const struct emit *emit, FILE *out);
	/*
	 * Whether what enforces the profile sets no_new_privs; NULL: it need
	 * not.
	 */
	const char *no_new_privs;
};

/* The table's rows, NULL after the last. */
const struct format *format_at(size_t i);

void write_oci(const struct emit *emit, FILE *out);
void write_systemd(const struct emit *emit, FILE *out);
void write_libseccomp(const struct emit *emit, FILE *out);
void write_bpf(const struct emit *emit, FILE *out);
void write_docker(const struct emit *emit, FILE *out);
void write_minijail(const struct emit *emit, FILE *out);
void write_firejail(const struct emit *emit, FILE *out);
void write_lxc(const struct emit *emit, FILE *out);
void write_kafel(const struct emit *emit, FILE *out);
void write_spo(const struct emit *emit, FILE *out);
void write_apparmor(const struct emit *emit, FILE *out);
/* With --systemd --paths, after the rest. */
void write_systemd_paths(const struct emit *emit, FILE *out);
void write_landlock(const struct emit *emit, FILE *out);
void write_landlock_header(const struct emit *emit, FILE *out);
void explain_landlock(const struct emit *emit, FILE *out);
void write_path_list(const struct emit *emit, FILE *out);
void write_markdown(const struct emit *emit, FILE *out);
void write_html(const struct emit *emit, FILE *out);
void write_timeline(const struct emit *emit, FILE *out);
void write_json(const struct emit *emit, FILE *out);
void write_table(const struct emit *emit, FILE *out);
/*
 * Lines of a comment, each after `prefix`, such as "# ". The head names the
 * tool and repeats the notes that it has printed so far.
 */
void write_comment(const char *text, const char *prefix, FILE *out);
void write_head(const struct emit *emit, const char *prefix, FILE *out);
/* A call's "arch" and "name" and a sighting's "flags", as --json has them. */
json_t *arch_json(struct call_id id);
json_t *name_json(struct call_id id);
json_t *flags_json(uint32_t flags);
/* "AF_INET 127.0.0.1:80", escaped as paths are; heap. */
char *socket_text(const struct fact *fact);
/* Write the origin of each rule in place of a profile. */
void write_explanation(const struct emit *emit, FILE *out);

/*
 * A name for the profile: that of the only run, or "sandprint". Of a-z, 0-9 and
 * -, not with - at an end, at most 63 characters (RFC 1123, as Kubernetes
 * requires). Heap.
 */
char *profile_name(const struct trace *t);

/* The actions of the rules, each once, ascending; the caller frees. */
uint32_t *rule_actions(const struct profile *p, size_t *n);

/*
 * The names whose rules have this action and no conditions, each once, sorted
 * by strcmp(3); the caller frees the array, and the profile owns the names.
 */
const char **names_with_action(const struct profile *p, uint32_t action,
			       size_t *n);

#endif
