/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter: programs of classic BPF, usually compiled from a profile by
 * libseccomp, evaluated in user space or loaded into the kernel.
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
 * One program, or several in force together, the newest first. The kernel runs
 * all of them, and the strictest answer counts; of equal ones, the newest
 * (seccomp(2)).
 */
struct filter {
	struct sock_filter *code;
	size_t n;		/* instructions; at most BPF_MAXINSNS */
	struct filter *older;	/* loaded before this one; NULL: none */
};

/*
 * Compile as a container runtime does, in a process with limits, or as the
 * profile's order says; then compare the program with the profile (prove.h). 0
 * or -errno. `problem` (heap, caller frees, may stay NULL) says what libseccomp
 * refused or does wrong. After success it says which rules were left out
 * because the installed libseccomp cannot express them.
 */
int filter_compile(const struct profile *profile, struct filter **filter,
		   char **problem);
void filter_free(struct filter *filter);
/* Both in force together, as one filter; either may be NULL. */
struct filter *filter_join(struct filter *older, struct filter *newer);

/* The kernel's answer to a call: SECCOMP_RET_* with its data. */
uint32_t filter_run(const struct filter *filter,
		    const struct seccomp_data *data);

/*
 * The answers that a call can get if its arguments are not known. All possible
 * answers are listed. If conditions depend on each other, impossible ones may
 * be, too.
 */
struct filter_answers {
	uint32_t actions[16];
	size_t n;		/* at least 1; distinct */
	bool more;		/* there are more possible answers than these */
};
void filter_run_any(const struct filter *filter, struct call_id id,
		    struct filter_answers *answers);
/* The same if some bits of some arguments are known. */
void filter_run_known(const struct filter *filter, struct call_id id,
		      const struct argument_value *values, size_t n,
		      struct filter_answers *answers);

/*
 * A copy that answers SECCOMP_RET_USER_NOTIF in place of the actions for which
 * `notify` holds, and to calls by which a program loads a filter of its own
 * (filter_is_own_load()). Only one program can have a listener: if the filter
 * has several, the copy has one more, the newest, which notifies for all, and
 * the others let these calls pass. NULL: longer than the kernel accepts.
 */
struct filter *filter_notifying(const struct filter *filter,
				bool (*notify)(uint32_t action));
/* seccomp(SECCOMP_SET_MODE_FILTER) or prctl(PR_SET_SECCOMP). */
bool filter_is_own_load(const struct seccomp_data *data);

#endif
