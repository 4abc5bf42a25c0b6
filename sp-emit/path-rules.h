/* SPDX-License-Identifier: Apache-2.0 */
/* Turns a path that differs from run to run into a pattern. */
#ifndef PATH_RULES_H
#define PATH_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "random-name.h"

/* Rules by which components of a path become a pattern. */
enum general_rule {
	GENERAL_PID = 1,	/* /proc/NUMBER, and task/NUMBER below it */
	/*
	 * random ends of names, as by mkstemp(3), if the run created the file
	 */
	GENERAL_TMP = 2,
	GENERAL_HASH = 4,	/* 16 or more hexadecimal digits; UUIDs */
	GENERAL_DATE = 8,	/* 2026-11-24, 20261124, and a time after it */
	GENERAL_RUNS = 16,	/* numbers that differ between runs */
	/* a version such as 1.2.3, which an upgrade replaces */
	GENERAL_VERSION = 32,
	GENERAL_ALL = 63,
	GENERAL_USUAL = GENERAL_ALL & ~GENERAL_VERSION,
	/*
	 * A flag instead of a rule. It leaves out the paths that only the start
	 * of a program needs, for a policy that a running program loads.
	 */
	PATHS_OF_RUNNING = 64,
};
/*
 * Reads a list "pid,tmp", "all", "usual" or "none". Returns false for an
 * unknown name.
 */
bool general_parse(const char *list, unsigned int *rules);
/* Prints the names of the rules, with a space after each. */
void general_print(unsigned int rules, FILE *out);

/*
 * Returns whether the run itself created the file or directory that the first N
 * bytes of the path name, and how.
 */
typedef bool is_made(const void *arg, const char *path, size_t n,
		     enum making *making);
/*
 * Applies the rules to a path or pattern. Returns the result, which the caller
 * frees, and which rules changed it.
 */
char *generalize(const char *path, unsigned int rules, is_made *made,
		 const void *arg, unsigned int *used);
/*
 * Returns the path with PATTERN_ANY for each number in it, which the caller
 * frees. NULL: it has no number.
 */
char *path_without_numbers(const char *path);

#endif
