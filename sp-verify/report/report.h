/* SPDX-License-Identifier: Apache-2.0 */
/* The violations: the calls, their answers, and the programs that made them. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kernel/syscall.h"

struct report;

struct report *report_new(void);
void report_free(struct report *r);
/* What is known about a call that was, or would be, denied. */
struct violation {
	struct call_id id;
	const char *answer;	/* "EPERM", "EPERM or ENOSYS", "kill process" */
	const char *image;	/* the executable's path; NULL: not known */
	const char *place;	/* as struct place has it; NULL: not known */
	const char *symbol;	/* likewise */
	/*
	 * stack_callers(), and the detail of that fact for the first such call;
	 * NULL: not known.
	 */
	const char *callers;
	const uint8_t *stack;
	size_t stack_size;
	const uint64_t *args;	/* six; NULL: not known */
	/* as the verifier's PID namespace has them; 0: not known */
	uint32_t pid, tid;
	/*
	 * what a filter of the workload's own answers before the profile; NULL:
	 * there is none
	 */
	const char *own;
	/* list the places where it was made: of a command */
	bool has_site;
	bool has_time;
	uint64_t time_ns;	/* since the run's start */
	/*
	 * If a violation is added with the count 0, 1 is shown: it was tried at
	 * least once.
	 */
	uint64_t count;
};

/* Takes copies. Violations of one call with the same answer add up. */
void report_add(struct report *r, const struct violation *v);
/* How often a call was added since the mark, with any answer. */
void report_mark(struct report *r);
uint64_t report_count(const struct report *r, struct call_id id);
/* Whether it was ever added. */
bool report_has(const struct report *r, struct call_id id);
/* Distinct violations. */
size_t report_size(const struct report *r);
/*
 * A command ended as it should not, because of an unknown call or in another
 * way than before: `how` is copied.
 */
void report_add_end(struct report *r, const char *how);
/* Whether there is no violation, and no such end. */
bool report_is_clean(const struct report *r);
/* Aligned columns, sorted by architecture and number; nothing when empty. */
void report_print(struct report *r, FILE *out);
/* An array of objects, in the same order. */
void report_json(struct report *r, FILE *out);
/*
 * A failed test case for each violation and each such end; or one that passed.
 */
void report_junit(struct report *r, FILE *out);

#endif
