/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the kernel's records of calls under a profile, especially one that only
 * logs. It reads them as they are written, or from a log.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "base/input.h"
#include "filter/filter.h"
#include "report/learn.h"
#include "report/report.h"

struct audit_options {
	struct input *log;	/* NULL: read records as they are written */
	/* Calls that this filter allows are left out. NULL: none are. */
	const struct filter *filter;
	/* A pattern of fnmatch(3). NULL: any executable. */
	const char *exe;
	/* Only for records as they are written. NULL: any. */
	const char *unit, *container;
	unsigned int timeout;	/* seconds; 0: no limit */
	struct learn *learn;	/* also gets the calls; NULL: not wanted */
};

/*
 * Adds the logged calls to the report. Returns false if it could not read any
 * records. Errors and losses are printed and latched.
 */
bool audit_read(const struct audit_options *o, struct report *report);

#endif
