/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formats that sp-emit writes. Each format has a file of its own, and a row
 * in the table of formats.c. The writer is called after all checks. If writing
 * fails, ferror(out) is set.
 */
#ifndef FORMAT_H
#define FORMAT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "profile/group.h"
#include "profile/profile.h"
#include "stream/trace.h"
#include "stream/unit-choice.h"

/*
 * An origin of a rule: the name is allowed on another architecture, and the
 * format has a single list for all. Other origins are in profile.h.
 */
#define ORIGIN_UNION (1U << 29)
/* An origin of a rule: the profile of --base allows it. */
#define ORIGIN_BASE (1U << 27)
/* An origin of a rule: --add names it, or --add=possible:N allows it. */
#define ORIGIN_ADDED (1U << 26)

struct possible;	/* in possible/possible.h */
struct results;		/* results.h */

struct emit {
	const struct trace *trace;
	const struct profile *profile;	/* NULL for FORMAT_TRACE */
	/* the groups with which the profile was built */
	struct group_choice choice;
	struct thread_call *threads;	/* of the group `threads` */
	size_t n_threads;
	bool partial;		/* the recording is incomplete */
	/* the rows of argument.h that --args selects; NULL: no --args */
	const bool *args;
	bool paths;		/* --paths, an option of --systemd */
	bool harden;		/* --harden, an option of --systemd */
	bool allow_denied;	/* --allow-denied */
	/* --generalize: bits of enum general_rule (paths.h) */
	unsigned int general;
	bool widen;		/* --widen-names */
	/* --unit: which runs count as one in a report */
	struct unit_choice unit;
	bool complain;		/* --deny=log, for --apparmor */
	const char *base;	/* the file of --base, or NULL */
	/* the list from which --add takes calls; NULL: none */
	const struct possible *possible;
	bool lists_possible;	/* --possible */
	bool lists_all;		/* --possible=all */
	/* For --table: the results in the stream, or NULL. */
	const struct results *results;
};

enum format_flag {
	/* It shows the trace itself, without a profile and groups. */
	FORMAT_TRACE = 1,
	/* It has one list of names for all architectures. */
	FORMAT_ONE_LIST = 2,
	FORMAT_BEFORE = 4,	/* is loaded before the program is executed */
	FORMAT_ERRNO = 8,	/* can answer single calls with an errno */
	/* It shows the events of the stream, as they are read. */
	FORMAT_EVENTS = 16,
	/* It is not text, so it is not written to a terminal. */
	FORMAT_BINARY = 32,
	/* It can only write calls by name, not by number. */
	FORMAT_NAMES = 64,
	FORMAT_NATIVE = 128,	/* has only the native architecture */
	FORMAT_ARGS = 256,	/* rules can have conditions on arguments */
	FORMAT_FAMILIES = 512,	/* conditions only on socket families */
	FORMAT_PATHS = 1024,	/* is made of paths: the runs must have them */
	/* It is a policy of paths, which can be generalized. */
	FORMAT_POLICY = 2048,
	/*
	 * It is for a service. With FORMAT_BEFORE, the start of each of its
	 * programs must have been recorded.
	 */
	FORMAT_START = 4096,
	/*
	 * Its loader may be older than the kernel, and refuse a list with an
	 * unknown name.
	 */
	FORMAT_STRICT = 8192,
	FORMAT_LANDLOCK = 16384,	/* --explain uses explain_landlock() */
	/*
	 * Its list applies to all architectures of the machine, even if they
	 * were not recorded.
	 */
	FORMAT_LOCAL = 32768,
};

/*
 * The values that --deny can have. The default is the first one that the format
 * permits.
 */
enum format_deny {
	DENY_EPERM = 1,
	DENY_ERRNO = 2,		/* any errno other than EPERM */
	DENY_KILL = 4,
	DENY_LOG = 8,
	DENY_ANY = 15,
	DENY_NONE = 0,		/* the format has only one way to deny */
};

struct format {
	const char *name;	/* the name of the option */
	const char *help;
	unsigned int flags;	/* bits of enum format_flag */
	unsigned int denials;	/* bits of enum format_deny */
	/*
	 * RUNTIME_*: the programs that load it, unless --runtime says otherwise
	 */
	unsigned int runtimes;
	/*
	 * Writes the profile. If it cannot, it prints and latches an error, and
	 * writes nothing.
	 */
	void (*write)(const struct emit *emit, FILE *out);
	/*
	 * Why the program that enforces the profile sets no_new_privs. NULL: it
	 * need not set it.
	 */
	const char *no_new_privs;
};

/* Returns row `i` of the table. Returns NULL after the last. */
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
/* Writes the part of the drop-in for --systemd --paths. */
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
 * Writes a comment. Each line begins with `prefix`, such as "# ". write_head()
 * names the tool, and repeats the notes that it has printed so far.
 */
void write_comment(const char *text, const char *prefix, FILE *out);
void write_head(const struct emit *emit, const char *prefix, FILE *out);
/* Return the members of a call, or the flags of a sighting, as in --json. */
json_t *arch_json(struct call_id id);
json_t *name_json(struct call_id id);
json_t *flags_json(uint32_t flags);
/* Returns "AF_INET 127.0.0.1:80", escaped as paths are; the caller frees it. */
char *socket_text(const struct fact *fact);
/* Writes the origin of each rule instead of a profile. */
void write_explanation(const struct emit *emit, FILE *out);

/*
 * Returns a name for the profile, which the caller frees: that of the only run,
 * or "sandprint". It consists of a-z, 0-9 and -, with no - at an end, and has
 * at most 63 characters (RFC 1123, as Kubernetes requires).
 */
char *profile_name(const struct trace *t);

/*
 * Returns the distinct actions of the rules, ascending. The caller frees the
 * array.
 */
uint32_t *rule_actions(const struct profile *p, size_t *n);

/*
 * The distinct names with rules that have this action and no conditions, sorted
 * by strcmp(3). The caller frees the array, but the profile owns the names.
 */
const char **names_with_action(const struct profile *p, uint32_t action,
			       size_t *n);

#endif
