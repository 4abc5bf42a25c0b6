/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel has logged of calls under a profile in force, of one that
 * lets them go on above all: as it happens, or from a log.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "base/input.h"
#include "filter/filter.h"
#include "report/learn.h"
#include "report/report.h"

struct audit_options {
	struct input *log;	/* NULL: as it happens */
	/* What it allows is left out; NULL: nothing is. */
	const struct filter *filter;
	const char *exe;	/* a pattern, fnmatch(3); NULL: any */
	const char *unit, *container;	/* as it happens only; NULL: any */
	unsigned int timeout;	/* seconds; 0: none */
	struct learn *learn;	/* gets it as well; NULL: not wanted */
};

/*
 * Add what was logged to the report. False: nothing could be read, printed and
 * latched; so are losses.
 */
bool audit_read(const struct audit_options *o, struct report *report);

#endif
