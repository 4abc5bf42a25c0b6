/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves that a compiled program does what its profile says. Every program is
 * checked, because libseccomp drops rules when an allocation fails, and
 * releases before 2.6.1 merge some conditions wrongly (GHSA-4q85-33p6-j5g6).
 */
#ifndef PROVE_H
#define PROVE_H

#include <linux/filter.h>
#include <stddef.h>

#include "profile/profile.h"

/*
 * Follows every path through the program, and compares each answer with the
 * profile, for all architectures, numbers and arguments rather than for
 * samples. The profile must be sorted. Its rules must be as libseccomp takes
 * them: with real numbers, and none with the default action. If rules of one
 * call overlap with different actions, either action is accepted, because
 * libseccomp does not define which one wins. In an ordered profile, the first
 * rule that applies wins.
 *
 * Returns NULL if they agree. Otherwise returns a text that the caller frees: a
 * call with its answer and the right answer, or the reason why the program
 * cannot be checked.
 */
char *prove(const struct sock_filter *code, size_t n,
	    const struct profile *profile);

#endif
