/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A profile: what to do with each call. sp-emit builds it from a trace; sp-diff
 * and sp-verify read it from any of the forms that people have.
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
 * Actions are what a filter returns, SECCOMP_RET_* with the errno in the low
 * 16 bits (seccomp(2)).
 */
bool action_allows(uint32_t action);	/* ALLOW or LOG */
enum { ACTION_NAME_MAX = 32 };
/* "allow", "log", "EPERM", "errno 200", "kill process", "trap" … */
const char *action_name(uint32_t action, char buf[ACTION_NAME_MAX]);

/* Only in an ordered profile: the opposite of SCMP_CMP_MASKED_EQ. */
enum { PROFILE_CMP_MASKED_NE = 1000 };

struct profile_arg {		/* OCI `args`: all of a rule's must hold */
	uint32_t index;		/* 0-5 */
	int op;			/* enum scmp_compare (seccomp.h) */
	uint64_t value, value_two;	/* MASKED_EQ: mask and datum */
};

/* Why a call is in a profile: bits, since there can be several reasons. */
/* the reasons below are beside 1U << enum group */
#define PROFILE_OBSERVED (1U << 31)
/* a filter denied it while it was recorded */
#define PROFILE_DENIED (1U << 30)
/* in a profile that was read: its loader always adds it */
#define PROFILE_IMPLIED (1U << 28)

struct profile_rule {
	/*
	 * nr < 0: libseccomp's pseudo number of a call that is made through
	 * socketcall or ipc
	 */
	struct call_id id;
	char *name;		/* NULL: the number has none */
	uint32_t action;
	struct profile_arg args[6];
	uint32_t n_args;
	uint32_t origin;	/* PROFILE_*, 1U << enum group */
};

/* Who can load a profile as it is. */
enum profile_form {
	/* container runtimes: OCI and forms that are converted to it */
	PROFILE_CONTAINER,
	/* systemd: the profile is the filter that it makes of a unit */
	PROFILE_UNIT,
	PROFILE_MINIJAIL,
	PROFILE_FIREJAIL,
	PROFILE_LXC,
	PROFILE_KAFEL,
	PROFILE_SNAP,
};

struct profile {
	uint32_t default_action;
	/* For calls of other architectures; at first libseccomp's default. */
	uint32_t other_arch_action;
	const struct arch **archs;	/* the first is the native one of the workload */
	size_t n_archs;
	bool native_implied;	/* the file does not list the first of them */
	enum profile_form form;
	/*
	 * Of the rules of one call the first that applies counts, and
	 * libseccomp does not compile them (filter/ordered.h). Otherwise
	 * libseccomp's rule holds: a rule without conditions replaces the
	 * others.
	 */
	bool ordered;
	struct profile_rule *rules;	/* sorted by profile_sort() */
	size_t n_rules;
	/* names that no architecture of the profile has */
	char **unknown;
	size_t n_unknown;
	char **notes;		/* notes for the user, printable */
	size_t n_notes;
	struct profile *next;	/* in force together with this one; NULL: none */
};

struct input;	/* base/input.h */

struct profile *profile_new(uint32_t default_action);
void profile_free(struct profile *p);
void profile_add_arch(struct profile *p, const struct arch *arch);
/* Takes a copy of the rule, its name included. */
void profile_add_rule(struct profile *p, const struct profile_rule *rule);
__attribute__((format(printf, 2, 3)))
void profile_note(struct profile *p, const char *fmt, ...);
/* By (arch, nr); rules of one call keep their order, which can matter. */
void profile_sort(struct profile *p);

/*
 * Read a profile: an OCI `linux.seccomp` object or a config.json, a profile of
 * a container engine, a SeccompProfile, a policy of minijail, LXC or Kafel, a
 * list of snapd, a firejail profile or a systemd unit: its content decides.
 * Conditions are resolved for `host`; NULL is host_init()'s. This machine's
 * architecture is added where runtimes would filter it. NULL: `problem` (heap,
 * caller frees) has the place and the reason: "line 3: …" or
 * "syscalls[2].action: unknown action".
 */
struct profile *profile_read(FILE *file, const struct host *host,
			     char **problem);
/* The message for a failure `err` to read a file that should be a profile. */
const char *profile_strerror(int err);
/*
 * Before a sandbox: read the bytes of a profile. If they look like a systemd
 * unit with lists of calls, run systemd-analyze to ask systemd for its groups.
 * systemd_groups_free(host->groups) at the end.
 */
void profile_prepare(struct input *in, struct host *host);

/*
 * The calls that a profile allows (ALLOW or LOG, whatever the arguments),
 * sorted; the caller frees. If the default action allows, these are all calls
 * that have a name and no rule that denies them without conditions.
 */
struct call_id *profile_allowed(const struct profile *p, size_t *n);

/* Whether the profile's loader adds the call to every profile. */
bool profile_implies(const struct profile *p, struct call_id id);

#endif
