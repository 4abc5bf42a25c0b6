/* SPDX-License-Identifier: Apache-2.0 */
/* A line of a log of strace(1), taken apart. */
#ifndef STRACE_LINE_H
#define STRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum strace_kind {
	STRACE_CALL,		/* a call begins */
	STRACE_RESUMED,		/* one that began on an earlier line goes on */
	STRACE_LOST,		/* "????(": killed before the call was made */
	STRACE_REST,		/* what a message of strace cut off a call */
	STRACE_EXIT,		/* its process or thread ended */
	/* a thread executed a program and became the process */
	STRACE_SUPERSEDED,
	STRACE_MODE,		/* the process runs in another mode */
	STRACE_DETACHED,	/* strace stopped watching a process */
	STRACE_MESSAGE,		/* another message of strace */
	STRACE_SUMMARY,		/* the head of the table of -c */
	STRACE_SUMMARY_MODE,	/* the mode that the table after it is of */
	STRACE_OTHER,		/* a signal, a stack, dumped data: no call */
	STRACE_BAD,		/* none of these, or a part of one */
};

struct strace_line {
	enum strace_kind kind;
	bool has_pid;
	uint32_t pid;		/* in front of the line; 0: none */
	uint32_t other;		/* the pid in the text of the line; 0: none */
	uint32_t attached;	/* new, says the line or its end; 0: none */
	const char *name;	/* of a call, in the line; not terminated */
	size_t name_size;
	const char *mode;	/* "32 bit", in the line; not terminated */
	size_t mode_size;
	bool has_nr;
	int32_t nr;		/* of the call, from strace -n */
	bool open;		/* the call goes on: no result yet */
	bool cut;		/* a message cut it: STRACE_REST follows */
	bool detached;		/* strace stopped watching the process */
	bool has_result;
	int64_t result;
};

/* `text` is a line without its newline, and without NULs. */
void strace_parse(const char *text, struct strace_line *line);

#endif
