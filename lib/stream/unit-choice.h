/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decides which runs of a sample count as one, because they repeat each other:
 * the option --unit, and the order that brings such runs together.
 */
#ifndef UNIT_CHOICE_H
#define UNIT_CHOICE_H

#include <stdbool.h>

#include "base/options.h"
#include "stream/run.h"

enum unit_by {
	/* units have the same command line, and the same mark of a part */
	UNIT_ARGV,
	UNIT_NAME,
	UNIT_RUN,		/* each run is a unit */
	/* units have the same command line, and are grouped by a label */
	UNIT_LABEL,
};

struct unit_choice {
	enum unit_by by;
	const char *label;	/* key of the label, for UNIT_LABEL */
};

/*
 * Returns 0 if both runs are in the same unit. With UNIT_RUN, they are if both
 * pointers are the same.
 */
int unit_compare(const struct run *a, const struct run *b,
		 const struct unit_choice *choice);

/*
 * Compares groups of units: a prediction is made from these. A group has the
 * units with one value of the label, or else a single unit. Returns 0 if both
 * runs are in the same group. With UNIT_LABEL, both must have the label.
 */
int unit_compare_groups(const struct run *a, const struct run *b,
			const struct unit_choice *choice);

/* Returns the value of the run's label; NULL: the run does not have it. */
const char *unit_label(const struct run *run, const char *key);

/*
 * Returns whether the run can be put into a group. If it lacks the label, this
 * is printed with `name`, which must be printable.
 */
bool unit_has_label(const struct run *run, const char *name,
		    const struct unit_choice *choice);

/* UNIT_OPTION uses this function. */
char *unit_option(const struct option_row *row, void *to, const char *unit);

/* The row for --unit; `member` is a struct unit_choice. */
#define UNIT_OPTION(type, member, text, for_modes) \
	{ "unit", 0, "UNIT", text, unit_option, .at = offsetof(type, member), \
	  .modes = (for_modes), .choices = "argv name run label:" }

#endif
