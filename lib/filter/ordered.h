/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program of an ordered profile. minijail and firejail do not use
 * libseccomp, and libseccomp cannot express an order among conditions.
 */
#ifndef ORDERED_H
#define ORDERED_H

#include "filter/filter.h"

/*
 * For a sorted profile; its `next` is ignored. NULL: more instructions than the
 * kernel takes. Not checked: see prove.h.
 */
struct filter *ordered_compile(const struct profile *profile);

#endif
