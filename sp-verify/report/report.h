/* SPDX-License-Identifier: Apache-2.0 */
/* The violations: which calls, what they are answered, who made them. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kernel/syscall.h"

struct report;

struct report *report_new(void);
void report_free(struct report *r);
/* What is known of a call that would be, or was, denied. */
struct violation {
	struct call_id id;
	const char *answer;	/* "EPERM", "EPERM or ENOSYS", "kill process" */
	const char *image;	/* the executable's path; NULL: not known */
	const char *place;	/* as struct place has it; NULL: not known */
	const char *symbol;	/* likewise */
	const uint64_t *args;	/* six; NULL: not known */
	uint32_t pid, tid;	/* as the verifier sees them; 0: not known */
	const char *own;	/* what a filter of the workload's own answers
				   before the profile; NULL: none does */
	bool has_site;		/* it is listed where it was made: a command's */
	bool has_time;
	uint64_t time_ns;	/* since the run's start */
	/* A violation that is added with 0 is shown as 1: it was tried at
	   least once. */
	uint64_t count;
};

/* Takes copies. Violations of one call with one answer add up. */
void report_add(struct report *r, const struct violation *v);
/* How often a call was added since the mark, whatever its answer. */
void report_mark(struct report *r);
uint64_t report_count(const struct report *r, struct call_id id);
/* Whether it was ever added. */
bool report_has(const struct report *r, struct call_id id);
/* Distinct violations. */
size_t report_size(const struct report *r);
/*
 * A command ended as it should not, by a call that is not known or in another
 * way than before: `how` is copied.
 */
void report_add_end(struct report *r, const char *how);
/* No violation, and no such end. */
bool report_is_clean(const struct report *r);
/* Aligned columns, sorted by architecture and number; nothing when empty. */
void report_print(struct report *r, FILE *out);
/* An array of objects, in the same order. */
void report_json(struct report *r, FILE *out);
/* A test case that failed for each, and for the ends; or one that passed. */
void report_junit(struct report *r, FILE *out);

#endif
