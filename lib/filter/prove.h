/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks that a compiled program says what its profile says. libseccomp loses
 * rules when an allocation fails, and releases before 2.6.1 merge some
 * conditions wrongly (GHSA-4q85-33p6-j5g6): so every program is checked.
 */
#ifndef PROVE_H
#define PROVE_H

#include <linux/filter.h>
#include <stddef.h>

#include "profile/profile.h"

/*
 * Follow every path through the program and compare each answer with the
 * profile, over all architectures, numbers and arguments, not over samples.
 * The profile is sorted, and its rules are as libseccomp takes them: numbers
 * are real, and none has the default action. Where rules of one call overlap
 * with different actions, either action is right: libseccomp does not define
 * which one wins. In an ordered profile the first that applies does.
 *
 * NULL: they agree. Else a heap text: a call, its answer and the right one, or
 * why the program cannot be checked.
 */
char *prove(const struct sock_filter *code, size_t n,
	    const struct profile *profile);

#endif
