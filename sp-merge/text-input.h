/* SPDX-License-Identifier: Apache-2.0 */
/* --from: makes a stream of texts. */
#ifndef TEXT_INPUT_H
#define TEXT_INPUT_H

#include "base/input.h"
#include "tally.h"

/* Reads a file line by line. */
struct lines {
	FILE *file;
	struct place place;	/* position of the last line */
	char *text;		/* the last line without its newline */
	size_t size, room;	/* bytes of the text, and bytes of memory */
	bool cut;		/* whether the file ended without a newline */
	bool bad;		/* whether an error was printed */
	unsigned __int128 hash;	/* hash of all lines so far */
};

/*
 * Opens a file for reading by lines, and reads no more than the next lines
 * need. The caller keeps `file`.
 */
void lines_open(struct lines *l, FILE *file, const char *name);
/*
 * Returns false at the end, and after an error, which was printed and latched.
 */
bool lines_next(struct lines *l);
void lines_close(struct lines *l);
/*
 * Returns the beginning of a text in printable form, for a message. The caller
 * frees it.
 */
char *lines_shown(const char *text);
/*
 * Prints "FILE: line 7: …" with the line, and latches the error. Always returns
 * false.
 */
__attribute__((format(printf, 2, 3)))
bool lines_refuse(const struct lines *l, const char *fmt, ...);

/* A kind of text. All texts of a command line together become one run. */
struct text_source {
	const char *name;	/* value of the option: "strace" */
	/*
	 * Reads the texts into a trace. Returns false if it printed and latched
	 * an error. `partial`: a text may be truncated.
	 */
	bool (*read)(struct inputs *inputs, const struct arch *native,
		     bool partial, struct trace *trace);
};

bool read_strace(struct inputs *inputs, const struct arch *native,
		 bool partial, struct trace *trace);
bool read_list(struct inputs *inputs, const struct arch *native, bool partial,
	       struct trace *trace);

#endif
