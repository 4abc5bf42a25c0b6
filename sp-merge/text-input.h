/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that are read into a stream: --from. */
#ifndef TEXT_INPUT_H
#define TEXT_INPUT_H

#include "base/input.h"
#include "tally.h"

/* The lines of a file. */
struct lines {
	FILE *file;
	struct place place;	/* of the last line */
	char *text;		/* the last line, without its newline */
	size_t size, room;	/* bytes of it, and of its memory */
	bool cut;		/* the file ended without a newline */
	bool bad;		/* a problem was printed */
	unsigned __int128 hash;	/* of all lines so far */
};

/* `file` stays the caller's; it is read as far as lines are asked for. */
void lines_open(struct lines *l, FILE *file, const char *name);
/* False at the end, and with a problem, which was printed and latched. */
bool lines_next(struct lines *l);
void lines_close(struct lines *l);
/* Heap: the start of a text, printable, for a message. */
char *lines_shown(const char *text);
/* "FILE: line 7: …", latched; always false. The line is shown after it. */
__attribute__((format(printf, 2, 3)))
bool lines_refuse(const struct lines *l, const char *fmt, ...);

/* The one run of `trace` that all texts of a command line become. */
struct text_source {
	const char *name;	/* of the option's value: "strace" */
	/* False: it was printed and latched. `partial`: it may end early. */
	bool (*read)(struct inputs *inputs, const struct arch *native,
		     bool partial, struct trace *trace);
};

bool read_strace(struct inputs *inputs, const struct arch *native,
		 bool partial, struct trace *trace);
bool read_list(struct inputs *inputs, const struct arch *native, bool partial,
	       struct trace *trace);

#endif
