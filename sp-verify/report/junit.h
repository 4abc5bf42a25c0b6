/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes violations for CI systems: a JUnit file with a failed test case for
 * each.
 */
#ifndef JUNIT_H
#define JUNIT_H

#include <stdio.h>

struct junit;

/*
 * `cases` is the number of calls of junit_failure() that will follow. If it is
 * 0, one passed test case is written.
 */
struct junit *junit_begin(FILE *out, size_t cases);
/*
 * The texts are UTF-8 without control characters, but `text` may have newlines.
 */
void junit_failure(struct junit *j, const char *name, const char *message,
		   const char *text);
void junit_end(struct junit *j);

#endif
