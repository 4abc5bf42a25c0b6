/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A profile: the action for each call. sp-emit builds one from a trace; sp-diff
 * and sp-verify read one from any of the usual forms.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kernel/syscall.h"
#include "profile/host.h"

/*
 * Actions are the return values of a filter, SECCOMP_RET_* with the errno in
 * the low 16 bits (seccomp(2)).
 */
bool action_allows(uint32_t action);	/* ALLOW or LOG */
enum { ACTION_NAME_MAX = 32 };
/* Returns "allow", "log", "EPERM", "errno 200", "kill process", "trap" … */
const char *action_name(uint32_t action, char buf[ACTION_NAME_MAX]);

/* Only in an ordered profile: the opposite of SCMP_CMP_MASKED_EQ. */
enum { PROFILE_CMP_MASKED_NE = 1000 };

/* a condition on an argument; all conditions of a rule must hold */
struct profile_arg {
	uint32_t index;		/* 0-5 */
	int op;			/* enum scmp_compare (seccomp.h) */
	/* for MASKED_EQ: the mask and the value */
	uint64_t value, value_two;
};

/*
 * Why a call is in a profile. These are bits, since there can be several
 * reasons.
 */
/* the other reasons are 1U << enum group */
#define PROFILE_OBSERVED (1U << 31)
/* a filter denied it during the recording */
#define PROFILE_DENIED (1U << 30)
/* in a profile that was read: the loader adds it to every profile */
#define PROFILE_IMPLIED (1U << 28)

struct profile_rule {
	/*
	 * negative nr: libseccomp's pseudo number for a call that is made
	 * through socketcall or ipc
	 */
	struct call_id id;
	char *name;		/* NULL: the number has no name */
	uint32_t action;
	struct profile_arg args[6];
	uint32_t n_args;
	uint32_t origin;	/* bits of PROFILE_* and 1U << enum group */
};

/* The programs that can load a profile without changes. */
enum profile_form {
	/* container runtimes: OCI and forms that are converted to it */
	PROFILE_CONTAINER,
	/* systemd: the profile is the filter that systemd makes for a unit */
	PROFILE_UNIT,
	PROFILE_MINIJAIL,
	PROFILE_FIREJAIL,
	PROFILE_LXC,
	PROFILE_KAFEL,
	PROFILE_SNAP,
};

struct profile {
	uint32_t default_action;
	/* For calls of other architectures. The default is libseccomp's. */
	uint32_t other_arch_action;
	const struct arch **archs;	/* the first is the native one of the workload */
	size_t n_archs;
	bool native_implied;	/* the file does not list archs[0] */
	enum profile_form form;
	/*
	 * The file does not name the architectures, or names some for each
	 * machine. So the same file is a different profile on another machine.
	 */
	bool of_machine;
	/*
	 * Whether the first rule that applies to a call counts. libseccomp does
	 * not compile such profiles (filter/ordered.h). Otherwise libseccomp's
	 * rule holds: a rule without conditions replaces the others.
	 */
	bool ordered;
	struct profile_rule *rules;	/* sorted by profile_sort() */
	size_t n_rules;
	/* names that mean a call on no architecture of the profile */
	char **unknown;
	size_t n_unknown;
	char **notes;		/* notes for the user, printable */
	size_t n_notes;
	/* a profile that is in force together with this one; NULL: none */
	struct profile *next;
};

struct input;	/* base/input.h */

struct profile *profile_new(uint32_t default_action);
void profile_free(struct profile *p);
void profile_add_arch(struct profile *p, const struct arch *arch);
/* Adds a copy of the rule, including its name. */
void profile_add_rule(struct profile *p, const struct profile_rule *rule);
__attribute__((format(printf, 2, 3)))
void profile_note(struct profile *p, const char *fmt, ...);
/* Sorts by (arch, nr). Rules of one call keep their order, which can matter. */
void profile_sort(struct profile *p);

/*
 * Reads a profile. Its content shows which form it has: an OCI `linux.seccomp`
 * object or a config.json, a profile of a container engine, a SeccompProfile, a
 * policy of minijail, LXC or Kafel, a list of snapd, a firejail profile, or a
 * systemd unit. Conditions are resolved for `host`; NULL means the defaults of
 * host_init(). This machine's architecture is added where runtimes would filter
 * it. On failure, returns NULL; `problem`, which the caller frees, then has the
 * place and the reason: "line 3: …" or "syscalls[2].action: unknown action".
 */
struct profile *profile_read(FILE *file, const struct host *host,
			     char **problem);
/* Returns the message for the error `err` of reading a profile. */
const char *profile_strerror(int err);
/*
 * Takes the steps that must come before the tool enters its sandbox: reads the
 * profile's bytes and, if they look like a systemd unit with lists of calls,
 * runs systemd-analyze to get systemd's groups. The caller ends with
 * systemd_groups_free(host->groups).
 */
void profile_prepare(struct input *in, struct host *host);

/*
 * Returns the calls that a profile allows (ALLOW or LOG, perhaps only for
 * certain arguments), sorted. The caller frees them. If the default action
 * allows, these are all calls with a name that no rule denies without
 * conditions.
 */
struct call_id *profile_allowed(const struct profile *p, size_t *n);
/* Does the same for calls that are allowed for all arguments and not logged. */
struct call_id *profile_fully_allowed(const struct profile *p, size_t *n);

/* Whether the profile's loader adds the call to every profile. */
bool profile_implies(const struct profile *p, struct call_id id);

#endif
