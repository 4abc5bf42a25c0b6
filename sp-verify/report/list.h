/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the list of violations, as most modes do, or the stream of --learn. */
#ifndef LIST_H
#define LIST_H

#include "filter/filter.h"
#include "landlock/denied.h"
#include "options.h"
#include "report/learn.h"
#include "report/report.h"

/*
 * Finds the violations. `filter` is NULL without a profile, and `learn` is NULL
 * without --learn. Returns whether to write the list.
 */
typedef bool find_violations(const struct options *o,
			     const struct filter *filter,
			     struct report *report, struct learn *learn);

/*
 * Loads the profile, finds the calls that it denies, and writes them to the
 * outputs.
 */
void list_violations(const struct options *o, find_violations *find);

/*
 * Writes the file of --junit from `denied` or from `report`; the other one is
 * NULL. Returns false if it printed and latched an error. Returns true if the
 * file was written, or without --junit.
 */
bool list_junit(const struct options *o, struct denied *denied,
		struct report *report);

#endif
