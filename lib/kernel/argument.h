/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scalar arguments that are worth recording: which arguments of which
 * calls, and which of their bits. The recorder and profiles use the same table.
 */
#ifndef ARGUMENT_H
#define ARGUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/syscall.h"

enum { ARGUMENTS_MAX = 3 };	/* of one call */

struct argument {
	uint8_t index;		/* 0-5 */
	uint64_t recorded;	/* the bits that are recorded */
	/* the recorded bits at which the kernel looks */
	uint64_t compared;
};

struct argument_rule {
	/* a group for --args; NULL: only --harden uses the row */
	const char *group;
	bool usual;		/* --args without a list includes the group */
	const char *call;	/* libseccomp's name */
	size_t n;
	struct argument arguments[ARGUMENTS_MAX];	/* by index */
};

/* Returns the table's rows, NULL after the last. */
const struct argument_rule *argument_rule_at(size_t i);
/* Returns the row of a call, or NULL. */
const struct argument_rule *argument_rule_of(struct call_id id);

/* A recorded value of an argument. */
struct argument_value {
	uint8_t index;		/* 0-5 */
	uint64_t mask;		/* the bits that are known */
	uint64_t value;		/* the values of these bits */
};

/* Returns "AF_INET", or NULL if the family has no name here. */
const char *family_name(uint64_t family);
/*
 * Prints the values of a call, such as "AF_UNIX 1 0", or "any" if there are
 * none. The caller frees the text.
 */
char *argument_text(struct call_id id, const struct argument_value *values,
		    size_t n);

#endif
