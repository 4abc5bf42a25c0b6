/* SPDX-License-Identifier: Apache-2.0 */
/* The violations: which calls, what they are answered, who made them. */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "syscall.h"

struct report;

struct report *report_new(void);
void report_free(struct report *r);
/*
 * Count a violation; `image` may be NULL. One that is added with a count of 0
 * is shown as 1: it was tried at least once.
 */
void report_add(struct report *r, struct call_id id, const char *answer,
		const char *image, uint64_t count);
/* Distinct violations. */
size_t report_size(const struct report *r);
/* Aligned columns, sorted by architecture and number; nothing when empty. */
void report_print(struct report *r, FILE *out);
/* An array of objects, in the same order. */
void report_json(struct report *r, FILE *out);
/* A test case that failed for each, or one that passed. */
void report_junit(struct report *r, FILE *out);

#endif
