/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiles an ordered profile. minijail and firejail do not use libseccomp,
 * which cannot express an order among conditions.
 */
#ifndef ORDERED_H
#define ORDERED_H

#include "filter/filter.h"

/*
 * For a sorted profile; its `next` is ignored. NULL: more instructions than the
 * kernel accepts. The program is not checked: see prove.h.
 */
struct filter *ordered_compile(const struct profile *profile);

#endif
