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
/* A call that was denied, or would have been. */
struct violation {
	struct call_id id;
	/* such as "EPERM", "EPERM or ENOSYS" or "kill process" */
	const char *answer;
	const char *image;	/* path of the executable; NULL: unknown */
	const char *place;	/* a text as in struct place; NULL: unknown */
	const char *symbol;	/* likewise */
	/*
	 * the text of stack_callers() for the first such call, and the detail of
	 * the fact that it is about; NULL: unknown
	 */
	const char *callers;
	const uint8_t *stack;
	size_t stack_size;
	const uint64_t *args;	/* six arguments; NULL: unknown */
	/* in sp-verify's PID namespace; 0: unknown */
	uint32_t pid, tid;
	/*
	 * the answer that a filter of the workload itself gives before the
	 * profile does; NULL: none
	 */
	const char *own;
	/* list the places where it was made; for a command */
	bool has_site;
	bool has_time;
	uint64_t time_ns;	/* since the start of the run */
	/* For a count of 0, 1 is shown: the call was tried at least once. */
	uint64_t count;
};

/*
 * Adds a copy. The counts of violations with the same call and answer are
 * summed.
 */
void report_add(struct report *r, const struct violation *v);
/*
 * report_count() says how often a call was added since report_mark(), with any
 * answer.
 */
void report_mark(struct report *r);
uint64_t report_count(const struct report *r, struct call_id id);
/* Whether the call was added at any time. */
bool report_has(const struct report *r, struct call_id id);
/* Returns the number of distinct violations. */
size_t report_size(const struct report *r);
/* How often other calls were added, for which the report had no room. */
uint64_t report_more(const struct report *r);
/*
 * Adds a command that ended unexpectedly, because of an unknown call, or in
 * another way than before. `how` is copied.
 */
void report_add_end(struct report *r, const char *how);
/* Whether there is no violation, and no unexpected end. */
bool report_is_clean(const struct report *r);
/*
 * Prints aligned columns, sorted by architecture and number. An empty report
 * prints nothing.
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
