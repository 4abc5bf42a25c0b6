/* SPDX-License-Identifier: Apache-2.0 */
/* Turns a path whose name differs from run to run into a pattern. */
#ifndef PATH_RULES_H
#define PATH_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "random-name.h"

/* The rules by which components of a path become a pattern. */
enum general_rule {
	GENERAL_PID = 1,	/* /proc/NUMBER, and task/NUMBER in it */
	/* of mkstemp(3): the end of a name that the run made */
	GENERAL_TMP = 2,
	GENERAL_HASH = 4,	/* 16 hexadecimal digits and more; UUIDs */
	GENERAL_DATE = 8,	/* 2026-11-24, 20261124, and times after them */
	GENERAL_RUNS = 16,	/* numbers that differ between the runs */
	/* 1.2.3: a version, which an upgrade replaces */
	GENERAL_VERSION = 32,
	GENERAL_ALL = 63,
	GENERAL_USUAL = GENERAL_ALL & ~GENERAL_VERSION,
	/*
	 * No rule: leaves out the start of programs, since the policy is loaded
	 * by a program that runs already.
	 */
	PATHS_OF_RUNNING = 64,
};
/* A list "pid,tmp", "all", "usual" or "none"; false: an unknown name. */
bool general_parse(const char *list, unsigned int *rules);
/* Print the names of the rules, each followed by a space. */
void general_print(unsigned int rules, FILE *out);

/*
 * Whether the run itself made the file or directory that the first N bytes of a
 * path name, and how.
 */
typedef bool is_made(const void *arg, const char *path, size_t n,
		     enum making *making);
/* The path or pattern after these rules, and which of them changed it; heap. */
char *generalize(const char *path, unsigned int rules, is_made *made,
		 const void *arg, unsigned int *used);
/*
 * With PATTERN_ANY in place of each number in the path; heap. NULL: it has
 * none.
 */
char *path_without_numbers(const char *path);

#endif
