/* SPDX-License-Identifier: Apache-2.0 */
/* The filter of --method=notify. */
#ifndef NOTIFY_FILTER_H
#define NOTIFY_FILTER_H

#include "filter/filter.h"
#include "known.h"

/* Whether the call executes a program. */
bool notify_is_exec(struct call_id id);
/*
 * Makes a filter that notifies of all calls except known ones. Calls that
 * execute a program or load a filter always notify. Returns NULL if the known
 * calls are too many for a filter.
 */
struct filter *notify_filter(const struct known *known);

#endif
