/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel has logged of calls under a profile, above all one that lets
 * them go on: as the records are written, or from a log.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "base/input.h"
#include "filter/filter.h"
#include "report/learn.h"
#include "report/report.h"

struct audit_options {
	struct input *log;	/* NULL: records as they are written */
	/* Calls that it allows are left out; NULL: none is. */
	const struct filter *filter;
	const char *exe;	/* a pattern, fnmatch(3); NULL: any */
	/* only of records as they are written; NULL: any */
	const char *unit, *container;
	unsigned int timeout;	/* seconds; 0: none */
	struct learn *learn;	/* gets the calls as well; NULL: not wanted */
};

/*
 * Add the logged calls to the report. False: nothing could be read, which was
 * printed and latched; losses are, too.
 */
bool audit_read(const struct audit_options *o, struct report *report);

#endif
