/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a JUnit file for CI systems: each violation is a failed test case. */
#ifndef JUNIT_H
#define JUNIT_H

#include <stdio.h>

struct junit;

/*
 * `cases` is the number of calls of junit_failure() that will follow. 0: one
 * passed test case is written.
 */
struct junit *junit_begin(FILE *out, size_t cases);
/*
 * The texts are UTF-8 without control characters, but `text` may have newlines.
 */
void junit_failure(struct junit *j, const char *name, const char *message,
		   const char *text);
void junit_end(struct junit *j);

#endif
