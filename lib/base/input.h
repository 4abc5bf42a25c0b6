/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tool reads: stdin or files, which are opened before the first of them
 * is read, so that the tool can confine itself in between (sandbox.h).
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct input {
	const char *path;	/* "-" is stdin */
	FILE *file;		/* by input_file(); NULL: not yet open */
	bool is_fifo;		/* whose writer has to be waited for */
	char *kept;		/* by input_keep() */
};

/* What messages call it: the path, or "<stdin>". */
const char *input_name(const char *path);
/*
 * False: the reason was printed and latched; a terminal as stdin is refused.
 * Opening a FIFO does not wait for its writer. When all descriptors are in use,
 * the file is opened later.
 */
bool input_open(struct input *in, const char *path);
/*
 * The file, from its beginning; a FIFO has a writer now. NULL: the reason was
 * printed and latched.
 */
FILE *input_file(struct input *in);
void input_close(struct input *in);

/*
 * The rest of a file and a NUL after it; the caller frees. `*n` is its size in
 * bytes without that NUL: most + 1 when the file is larger than `most`, and no
 * more is read then. Memory grows with the file. NULL: errno says why.
 */
char *input_read(FILE *file, size_t most, size_t *n);
/*
 * Read it into memory now, up to `most` + 1 bytes: input_file() gives these from
 * here on. NULL: it is empty or cannot be read, and left as it is.
 */
const char *input_keep(struct input *in, size_t most, size_t *n);
/* Whether it can be read without opening anything. */
bool input_is_open(const struct input *in);

struct inputs {
	struct input *at;
	size_t n;
	bool incomplete;	/* one or more could not be opened */
};

/*
 * Paths up to a NULL; none is stdin. What cannot be opened was printed and
 * latched; the others are open, so that bad ones among them can be named, too.
 */
void inputs_open(struct inputs *all, char *const *paths);
void inputs_close(struct inputs *all);
bool inputs_are_open(const struct inputs *all);

#endif
