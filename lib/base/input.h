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
	FILE *file;		/* set by input_file(); NULL: not yet open */
	bool is_fifo;		/* no writer has opened the FIFO yet */
	char *kept;		/* set by input_keep() */
};

/* Returns the name for messages: the path, or "<stdin>". */
const char *input_name(const char *path);
/*
 * Returns false if it printed and latched an error, as for a terminal as stdin.
 * Opening a FIFO does not wait for its writer. When all descriptors are in use,
 * the file is opened later.
 */
bool input_open(struct input *in, const char *path);
/*
 * Returns the file, at its beginning. If it is a FIFO, this waits for the
 * writer. Returns NULL if it printed and latched an error.
 */
FILE *input_file(struct input *in);
void input_close(struct input *in);

/*
 * Reads the rest of a file into memory that the caller frees, and adds a NUL.
 * `*n` becomes the size in bytes without that NUL. A file larger than `most` is
 * read no further than `most` + 1 bytes, and `*n` is then `most` + 1. Memory
 * grows with the file. Returns NULL on failure, with errno set.
 */
char *input_read(FILE *file, size_t most, size_t *n);
/*
 * Reads up to `most` + 1 bytes of the file into memory now. input_file()
 * returns these bytes from then on. Returns NULL, and changes nothing, if the
 * file is empty or cannot be read.
 */
const char *input_keep(struct input *in, size_t most, size_t *n);
/* Whether the input can be read without opening a file. */
bool input_is_open(const struct input *in);

struct inputs {
	struct input *at;
	size_t n;
	bool incomplete;	/* at least one could not be opened */
};

/*
 * `paths` ends with NULL. Without a path, stdin is the input. If a file cannot
 * be opened, the error is printed and latched, and the remaining files are
 * still opened: one run names all bad files.
 */
void inputs_open(struct inputs *all, char *const *paths);
void inputs_close(struct inputs *all);
bool inputs_are_open(const struct inputs *all);

#endif
