/* SPDX-License-Identifier: Apache-2.0 */
/* A text for the possible answers to a call. */
#ifndef VERDICT_H
#define VERDICT_H

#include "filter/filter.h"

enum verdict { VERDICT_ALLOWED, VERDICT_DENIED, VERDICT_UNDECIDED };

enum verdict verdict_of(const struct filter_answers *answers);
/*
 * Returns "EPERM", or "EPERM or ENOSYS" if the answer depends on arguments. The
 * caller frees it.
 */
char *verdict_text(const struct filter_answers *answers);

#endif
