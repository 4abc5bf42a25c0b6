/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the list of violations, which most modes have, or the stream of
 * --learn.
 */
#ifndef LIST_H
#define LIST_H

#include "filter/filter.h"
#include "landlock/denied.h"
#include "options.h"
#include "report/learn.h"
#include "report/report.h"

/*
 * Finds the violations. `filter` is NULL if no profile was given, `learn`
 * without --learn. Returns whether there is something to write.
 */
typedef bool find_violations(const struct options *o,
			     const struct filter *filter,
			     struct report *report, struct learn *learn);

/*
 * Load the profile, find the calls that it denies, and write them to the
 * outputs.
 */
void list_violations(const struct options *o, find_violations *find);

/*
 * Write the JUnit file of --junit, from `denied` or from `report`; the other
 * one is NULL. True: it is written, or --junit was not given. False: printed
 * and latched.
 */
bool list_junit(const struct options *o, struct denied *denied,
		struct report *report);

#endif
