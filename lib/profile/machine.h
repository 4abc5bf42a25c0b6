/* SPDX-License-Identifier: Apache-2.0 */
/* Refuses recordings of other machines for a profile of this machine. */
#ifndef MACHINE_OF_PROFILE_H
#define MACHINE_OF_PROFILE_H

#include "profile/profile.h"
#include "stream/trace.h"

/*
 * Returns the reason why a profile with `of_machine` cannot be compared with the
 * trace, which the caller frees. NULL: it can be compared, because all runs were
 * recorded on machines like this one.
 */
char *machine_mismatch(const struct trace *t);

#endif
