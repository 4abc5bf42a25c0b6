/* SPDX-License-Identifier: Apache-2.0 */
/* The filter of --method=notify. */
#ifndef NOTIFY_FILTER_H
#define NOTIFY_FILTER_H

#include "filter/filter.h"
#include "known.h"

/* Whether a call executes a program. */
bool notify_is_exec(struct call_id id);
/*
 * A filter that notifies of every call but the known ones. Calls that execute a
 * program or load a filter always notify. NULL: there are too many known calls
 * for a filter.
 */
struct filter *notify_filter(const struct known *known);

#endif
