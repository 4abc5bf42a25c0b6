/* SPDX-License-Identifier: Apache-2.0 */
/* The violations: calls, their answers, and the programs that made them. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kernel/syscall.h"

struct report;

struct report *report_new(void);
void report_free(struct report *r);
/* A call that was denied, or would have been with --enforce. */
struct violation {
	struct call_id id;
	/* Such as "EPERM", "EPERM or ENOSYS" or "kill process". */
	const char *answer;
	const char *image;	/* path of the executable; NULL: unknown */
	/* place in the code, as in struct place; NULL: unknown */
	const char *place;
	/* symbol of the place, as in struct place; NULL: unknown */
	const char *symbol;
	/*
	 * The text of stack_callers() for the first such call, and the detail
	 * of the fact for its stack. NULL: unknown.
	 */
	const char *callers;
	const uint8_t *stack;
	size_t stack_size;
	const uint64_t *args;	/* the six arguments; NULL: unknown */
	/* Ids in sp-verify's PID namespace. 0: unknown. */
	uint32_t pid, tid;
	/*
	 * The answer that a filter of the workload itself gives before the
	 * profile. NULL: there is no such filter.
	 */
	const char *own;
	/* For a command: whether to list the places where the call was made. */
	bool has_site;
	bool has_time;
	uint64_t time_ns;	/* since the start of the run */
	/* The count. 0 is shown as 1: the call was made at least once. */
	uint64_t count;
};

/*
 * Adds a copy of a violation. Violations with the same call and answer share a
 * row, which has the sum of their counts.
 */
void report_add(struct report *r, const struct violation *v);
/*
 * After report_mark(), report_count() returns how often a call was added since
 * then, with any answer.
 */
void report_mark(struct report *r);
uint64_t report_count(const struct report *r, struct call_id id);
/* Whether the call was ever added. */
bool report_has(const struct report *r, struct call_id id);
/* Returns the number of distinct violations. */
size_t report_size(const struct report *r);
/* Returns how many violations with other calls had no room. */
uint64_t report_more(const struct report *r);
/*
 * Adds a command that ended unexpectedly: by an unknown call, or in another way
 * than before. Copies `how`.
 */
void report_add_end(struct report *r, const char *how);
/* Whether there is no violation, and no unexpected end. */
bool report_is_clean(const struct report *r);
/*
 * Prints aligned columns, sorted by architecture and number. Prints nothing for
 * an empty report.
 */
void report_print(struct report *r, FILE *out);
/* Prints an array of objects, in the same order. */
void report_json(struct report *r, FILE *out);
/*
 * Writes a failed test case for each violation and each unexpected end, or one
 * passed test case.
 */
void report_junit(struct report *r, FILE *out);

#endif
