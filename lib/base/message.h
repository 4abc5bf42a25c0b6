/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages on stderr, and the exit status that follows from them. Nothing else
 * in lib/ prints or exits.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/* The exit status of every filter; sp-record has its own (see sp-record(1)). */
enum {
	STATUS_YES = 0,		/* success, equal, no violation */
	STATUS_NO = 1,		/* the answer is no */
	STATUS_TROUBLE = 2,	/* usage, bad input, a write that failed */
};

/*
 * Every message starts with `tool`. So do those of getopt(3), because this sets
 * argv[0]. message_error() latches the status `trouble`. Of notes and errors
 * with one format, the first 20 are printed at once, and the last one at the
 * end, with the number of those in between.
 */
void message_init(const char *tool, int trouble, char **argv);
/*
 * Whether the tool was started with SIGCHLD ignored. message_init() gives the
 * signal its default action, which a command that the tool runs does not
 * expect.
 */
bool message_sigchld_ignored(void);

/* Prints a note; the exit status does not change. */
__attribute__((format(printf, 1, 2))) void message_note(const char *fmt, ...);
/* Prints every message, without counting: for a tool that runs forever. */
void message_line(const char *text);
/*
 * For a tool that also writes its notes into its output: message_keep_notes()
 * starts keeping notes, and message_notes() returns those kept so far, without
 * the tool's name. The list ends with NULL.
 */
void message_keep_notes(void);
char **message_notes(void);
/* Prints an error; the tool's exit status is at least `trouble` from now on. */
__attribute__((format(printf, 1, 2))) void message_error(const char *fmt, ...);
/* Prints an error and exits. */
__attribute__((format(printf, 1, 2), noreturn))
void message_fatal(const char *fmt, ...);
/* Reports a wrong command line: prints, points to --help and exits. */
__attribute__((format(printf, 1, 2), noreturn))
void message_usage(const char *fmt, ...);

/*
 * Passes each text of a list that ends with NULL to one of the functions above,
 * and frees it. Returns the number of texts.
 */
size_t message_all(char **texts, void (*print)(const char *fmt, ...));

/* Returns the latched status. */
int message_status(void);
/* Raises the exit status to `status`; it never goes down. */
void message_latch(int status);
/*
 * Returns the value for main() to return: flushes stdout, and returns the
 * latched status. A failed write is an error.
 */
int message_finish(void);

/* Returns the name that message_init() was given. */
const char *message_tool(void);
/*
 * For an option that only prints, such as --help: checks the write to stdout
 * and exits.
 */
__attribute__((noreturn)) void message_end(void);
/* Prints the version to stdout and exits. */
__attribute__((noreturn)) void message_version(void);

#endif
