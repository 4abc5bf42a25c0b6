/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scalar arguments that are worth a rule: of which calls, and which bits.
 * One table, for the recorder and for profiles.
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
	uint64_t compared;	/* the bits of these that the kernel looks at */
};

struct argument_rule {
	const char *group;	/* for --args; NULL: for --harden alone */
	bool usual;		/* in --args without a list of groups */
	const char *call;	/* libseccomp's name */
	size_t n;
	struct argument arguments[ARGUMENTS_MAX];	/* by index */
};

/* The table's rows, NULL after the last. */
const struct argument_rule *argument_rule_at(size_t i);
/* The row of a call, or NULL. */
const struct argument_rule *argument_rule_of(struct call_id id);

/* One argument's value, as recorded. */
struct argument_value {
	uint8_t index;		/* 0-5 */
	uint64_t mask;		/* the bits that are known … */
	uint64_t value;		/* … and their values */
};

/* "AF_INET", or NULL where it has no name here. */
const char *family_name(uint64_t family);
/* The values of a call, "AF_UNIX 1 0"; no value: "any". The caller frees. */
char *argument_text(struct call_id id, const struct argument_value *values,
		    size_t n);

#endif
