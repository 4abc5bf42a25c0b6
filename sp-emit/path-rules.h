/* SPDX-License-Identifier: Apache-2.0 */
/* How a path with a name that differs from run to run becomes a pattern. */
#ifndef PATH_RULES_H
#define PATH_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The rules by which components of a path become a pattern. */
enum general_rule {
	GENERAL_PID = 1,	/* /proc/NUMBER, and task/NUMBER in it */
	GENERAL_TMP = 2,	/* of mkstemp(3): the end of what the run made */
	GENERAL_HASH = 4,	/* 16 hexadecimal digits and more; UUIDs */
	GENERAL_DATE = 8,	/* 2026-11-24, 20261124, and times after them */
	GENERAL_RUNS = 16,	/* numbers that differ between the runs */
	GENERAL_VERSION = 32,	/* 1.2.3; what an upgrade replaces */
	GENERAL_ALL = 63,
	GENERAL_USUAL = GENERAL_ALL & ~GENERAL_VERSION,
	/* No rule: without what started the programs. The policy is loaded by
	   one that runs already. */
	PATHS_OF_RUNNING = 64,
};
/* A list "pid,tmp", "all", "usual" or "none"; false: an unknown name. */
bool general_parse(const char *list, unsigned int *rules);
/* Print the names of the rules, with a space after each. */
void general_print(unsigned int rules, FILE *out);

/*
 * Whether the run itself made the file or directory that the first N bytes of a
 * path name; `*private`: as mkstemp(3) does (NAME_PRIVATE).
 */
typedef bool is_made(const void *arg, const char *path, size_t n,
		     bool *private);
/*
 * The pattern of a path or pattern by these rules, and which of them were used;
 * heap.
 */
char *generalize(const char *path, unsigned int rules, is_made *made,
		 const void *arg, unsigned int *used);
/* With each number of the path a PATTERN_ANY; heap. NULL: it has none. */
char *path_without_numbers(const char *path);

#endif
