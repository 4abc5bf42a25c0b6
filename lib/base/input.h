/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inputs of a tool: stdin or files. They are opened before the first of
 * them is read, so that the tool can confine itself in between (sandbox.h).
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct input {
	const char *path;	/* "-" is stdin */
	FILE *file;		/* by input_file(); NULL: not yet open */
	bool is_fifo;		/* no writer has opened the FIFO yet */
	char *kept;		/* by input_keep() */
};

/* The name for messages: the path, or "<stdin>". */
const char *input_name(const char *path);
/*
 * False: the reason was printed and latched; a terminal as stdin is refused.
 * Opening a FIFO does not wait for its writer. When all descriptors are in use,
 * the file is opened later.
 */
bool input_open(struct input *in, const char *path);
/*
 * The file, from its beginning; a FIFO has a writer by then. NULL: the reason
 * was printed and latched.
 */
FILE *input_file(struct input *in);
void input_close(struct input *in);

/*
 * The rest of a file, followed by a NUL; the caller frees. `*n` is its size in
 * bytes without that NUL, or most + 1 if the file is larger than `most`: then
 * only so much was read. Memory grows with the file. NULL: errno says why.
 */
char *input_read(FILE *file, size_t most, size_t *n);
/*
 * Read it into memory now, up to `most` + 1 bytes, which input_file() returns
 * from here on. NULL: it is empty or cannot be read, and nothing has changed.
 */
const char *input_keep(struct input *in, size_t most, size_t *n);
/* Whether it can be read without opening a file. */
bool input_is_open(const struct input *in);

struct inputs {
	struct input *at;
	size_t n;
	bool incomplete;	/* at least one could not be opened */
};

/*
 * Paths up to a NULL; none means stdin. Failures to open were printed and
 * latched; the other files are open, so that the bad ones among them can be
 * named, too.
 */
void inputs_open(struct inputs *all, char *const *paths);
void inputs_close(struct inputs *all);
bool inputs_are_open(const struct inputs *all);

#endif
