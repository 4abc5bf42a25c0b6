/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recordings of other machines, and profiles that mean another filter on each
 * machine.
 */
#ifndef MACHINE_OF_PROFILE_H
#define MACHINE_OF_PROFILE_H

#include "profile/profile.h"
#include "stream/trace.h"

/*
 * Why a profile with `of_machine` cannot be compared with the trace: a text that
 * the caller frees. NULL: it can, since all runs were recorded on machines like
 * this one.
 */
char *machine_mismatch(const struct trace *t);

#endif
