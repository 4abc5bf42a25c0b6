/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outputs of a tool: stdout, or a file that appears complete or not at all.
 * The file is written without a name (O_TMPFILE), or under a temporary name if
 * the file system has no such files, and gets its name at the end. A device or
 * a FIFO is written directly. A symbolic link is followed if the kernel permits
 * it (fs.protected_symlinks). The new file has the permissions of the one that
 * it replaces, without set-user-ID, set-group-ID and sticky bits.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output;

enum {
	OUTPUT_BINARY = 1,	/* refuse a terminal */
	/* stdout is a close-on-exec copy, so that no child gets it */
	OUTPUT_PRIVATE = 2,
};

/*
 * Writes to stdout if `path` is NULL or "-". Returns false if it printed and
 * latched an error.
 */
bool output_open(struct output **out, const char *path, unsigned int flags);
/*
 * Opens a new file that replaces none, in a directory that the caller has open.
 * The file has mode 600, and no name until output_commit_new(). Returns false
 * if it printed and latched an error.
 */
bool output_open_new(struct output **out, int directory, const char *name);
FILE *output_file(struct output *out);
/* The descriptor behind output_file(), which a child process may use, too. */
int output_fd(const struct output *out);
/* Returns the directory in which the commit will create the file; -1: none. */
int output_directory(const struct output *out);
/*
 * Flushes, checks, closes and renames the file, and frees `out`. Returns false
 * if it printed and latched an error.
 */
bool output_commit(struct output *out);
/*
 * Commits a file of output_open_new(). Returns the file's name, which the
 * caller frees: "NAME.sp", or "NAME-2.sp" if that name was in use. Returns NULL
 * if it printed and latched an error.
 */
char *output_commit_new(struct output *out);
/* Gives up; an old file with that name stays as it was. Accepts NULL. */
void output_abandon(struct output *out);

#endif
