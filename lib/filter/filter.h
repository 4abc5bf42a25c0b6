/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter: one or more programs of classic BPF. Usually libseccomp compiles a
 * profile to them. They are evaluated in user space or loaded into the kernel.
 */
#ifndef FILTER_H
#define FILTER_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/argument.h"
#include "profile/profile.h"

/*
 * A program, linked to the programs that were loaded before it. If several are
 * in force, the kernel runs all of them, and the strictest answer counts; of
 * equally strict ones, the newest does (seccomp(2)).
 */
struct filter {
	struct sock_filter *code;
	size_t n;		/* instructions; at most BPF_MAXINSNS */
	/* the program loaded before this one; NULL: none */
	struct filter *older;
};

/*
 * Compiles a profile, and compares the program with the profile (prove.h).
 * libseccomp compiles it as for a container runtime, in a process with limits;
 * a profile with an order is compiled without libseccomp. Returns 0 or -errno.
 * On failure, `problem` (the caller frees it) says what failed, or what
 * libseccomp refused or compiled wrongly. On success, it lists rules that were
 * left out because the installed libseccomp cannot express them.
 */
int filter_compile(const struct profile *profile, struct filter **filter,
		   char **problem);
void filter_free(struct filter *filter);
/* Joins two filters that are in force together. Either can be NULL. */
struct filter *filter_join(struct filter *older, struct filter *newer);

/* The kernel's answer to a call: SECCOMP_RET_* with its data. */
uint32_t filter_run(const struct filter *filter,
		    const struct seccomp_data *data);

/*
 * The answers that a call can get if its arguments are unknown. The list has
 * all possible answers; if conditions depend on each other, it can also have
 * impossible ones.
 */
struct filter_answers {
	uint32_t actions[16];
	size_t n;		/* at least 1; no duplicates */
	/* there are possible answers that are not listed */
	bool more;
};
void filter_run_any(const struct filter *filter, struct call_id id,
		    struct filter_answers *answers);
/* Finds the answers if some bits of some arguments are known. */
void filter_run_known(const struct filter *filter, struct call_id id,
		      const struct argument_value *values, size_t n,
		      struct filter_answers *answers);

/*
 * Copies the filter, so that it answers SECCOMP_RET_USER_NOTIF instead of the
 * actions for which `notify` returns true, and also for calls with which the
 * program loads a filter itself (filter_is_own_load()). Only one program can
 * have a listener. If the filter has several programs, the copy gets a further,
 * newest one, which notifies of the calls of all programs; the others let these
 * calls pass. Returns NULL if a program would be longer than the kernel
 * accepts.
 */
struct filter *filter_notifying(const struct filter *filter,
				bool (*notify)(uint32_t action));
/*
 * Whether the call is seccomp(SECCOMP_SET_MODE_FILTER) or
 * prctl(PR_SET_SECCOMP).
 */
bool filter_is_own_load(const struct seccomp_data *data);

#endif
