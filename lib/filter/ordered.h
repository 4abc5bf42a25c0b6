/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiles an ordered profile, as minijail and firejail do. They do not use
 * libseccomp, which has no order of conditions.
 */
#ifndef ORDERED_H
#define ORDERED_H

#include "filter/filter.h"

/*
 * The profile must be sorted, and its `next` is ignored. Returns NULL if there
 * are more instructions than the kernel accepts. The program is not checked:
 * see prove.h.
 */
struct filter *ordered_compile(const struct profile *profile);

#endif
