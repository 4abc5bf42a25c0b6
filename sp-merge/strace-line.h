/* SPDX-License-Identifier: Apache-2.0 */
/* Parses a line of strace(1)'s log. */
#ifndef STRACE_LINE_H
#define STRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum strace_kind {
	STRACE_CALL,		/* a call begins */
	/* a call that began on an earlier line continues */
	STRACE_RESUMED,
	/* "????(": the process was killed before it made the call */
	STRACE_LOST,
	/* the rest of a call that a message of strace interrupted */
	STRACE_REST,
	STRACE_EXIT,		/* its process or thread has ended */
	/* a thread executed a program, and replaced the process */
	STRACE_SUPERSEDED,
	STRACE_MODE,		/* the process now runs in another mode */
	STRACE_DETACHED,	/* strace no longer watches a process */
	STRACE_MESSAGE,		/* another message from strace */
	STRACE_SUMMARY,		/* the first line of the table of -c */
	STRACE_SUMMARY_MODE,	/* the mode for the table that follows */
	/* a signal, a stack, or dumped data */
	STRACE_OTHER,
	STRACE_BAD,		/* not from strace, or only a part of a line */
};

struct strace_line {
	enum strace_kind kind;
	bool has_pid;
	/* The pid at the start of the line. 0: none. */
	uint32_t pid;
	uint32_t other;		/* another pid in the line; 0: none */
	/*
	 * The pid of a new process, by the text or the result of the line. 0:
	 * none.
	 */
	uint32_t attached;
	/* the call's name within the line, without a NUL */
	const char *name;
	size_t name_size;
	const char *mode;	/* "32 bit" within the line, without a NUL */
	size_t mode_size;
	bool has_nr;
	int32_t nr;		/* the call's number, written by strace -n */
	bool open;		/* the call has no result yet */
	/* A message interrupted it; STRACE_REST follows. */
	bool cut;
	bool detached;		/* strace no longer watches the process */
	bool has_result;
	int64_t result;
};

/* Parses a line without its newline and without NULs. */
void strace_parse(const char *text, struct strace_line *line);

#endif
