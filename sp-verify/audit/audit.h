/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the records that the kernel logged about calls under a profile,
 * especially under one that only logs: as the records are written, or from a
 * log.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "base/input.h"
#include "filter/filter.h"
#include "report/learn.h"
#include "report/report.h"

struct audit_options {
	struct input *log;	/* NULL: read records as they are written */
	/* calls that it allows are left out; NULL: none are */
	const struct filter *filter;
	/* a pattern of fnmatch(3); NULL: any executable */
	const char *exe;
	/* only for records as they are written; NULL: any */
	const char *unit, *container;
	unsigned int timeout;	/* seconds; 0: no limit */
	struct learn *learn;	/* gets the calls, too; NULL: not wanted */
};

/*
 * Adds the logged calls to the report. Returns false if nothing could be read.
 * Errors and losses are printed and latched.
 */
bool audit_read(const struct audit_options *o, struct report *report);

#endif
