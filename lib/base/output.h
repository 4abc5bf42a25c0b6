/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outputs of a tool: stdout, or a file that appears complete or not at all.
 * The file is written without a name (O_TMPFILE), or under a temporary one if
 * the file system has no such files, and gets its name at the end. A device or
 * a FIFO is written in place. A symbolic link is followed if the kernel permits
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
	/* stdout: a close-on-exec copy, which no child gets */
	OUTPUT_PRIVATE = 2,
};

/*
 * `path` NULL or "-" is stdout. False: the reason was printed and latched.
 */
bool output_open(struct output **out, const char *path, unsigned int flags);
/*
 * A file that replaces none, in a directory that the caller has open: mode 600,
 * and without a name until output_commit_new(). False: the reason was printed
 * and latched.
 */
bool output_open_new(struct output **out, int directory, const char *name);
FILE *output_file(struct output *out);
/* The descriptor behind output_file(), also for a child process. */
int output_fd(const struct output *out);
/* The directory in which the commit makes the file; -1: it makes none. */
int output_directory(const struct output *out);
/* The name for messages: the path, or "<stdout>". */
const char *output_name(const struct output *out);
/*
 * Flush, check, close and rename; the output is freed. False: the reason was
 * printed and latched.
 */
bool output_commit(struct output *out);
/*
 * The same after output_open_new(). Returns the file's name, on the heap, with
 * a number if the name was in use: "NAME-2.sp". NULL: the reason was printed
 * and latched.
 */
char *output_commit_new(struct output *out);
/* Give up; a file with that name stays as it was. NULL is fine. */
void output_abandon(struct output *out);

#endif
