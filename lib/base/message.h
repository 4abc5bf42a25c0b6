/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages on stderr, and the exit status that follows from them. Nothing else
 * in lib/ prints or exits.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stddef.h>

/* The exit status of every filter; sp-record has its own (see sp-record(1)). */
enum {
	STATUS_YES = 0,		/* fine, equal, no violation */
	STATUS_NO = 1,		/* the answer is no */
	STATUS_TROUBLE = 2,	/* usage, bad input, a write that failed */
};

/*
 * Every message starts with `tool`, as do getopt(3)'s, for which argv[0] is
 * set; message_error() latches `trouble`. Of notes and errors with one format
 * the first 20 are printed; at the end follows the last one, with the number of
 * those between.
 */
void message_init(const char *tool, int trouble, char **argv);

/* A note; the exit status does not change. */
__attribute__((format(printf, 1, 2))) void message_note(const char *fmt, ...);
/* For a tool that runs for ever: print all of them. */
void message_line(const char *text);
/*
 * For a tool that also writes its notes into its output: from here on notes are
 * kept. Returns those kept so far, without the tool's name, NULL at the end.
 */
void message_keep_notes(void);
char **message_notes(void);
/* An error: from here on the tool cannot exit with less than `trouble`. */
__attribute__((format(printf, 1, 2))) void message_error(const char *fmt, ...);
/* An error that ends the tool: prints and exits. */
__attribute__((format(printf, 1, 2), noreturn))
void message_fatal(const char *fmt, ...);
/* A wrong command line: prints, points to --help and exits. */
__attribute__((format(printf, 1, 2), noreturn))
void message_usage(const char *fmt, ...);

/*
 * Print each of the texts, up to a NULL, by one of the functions above, and
 * free them. Returns how many there were.
 */
size_t message_all(char **texts, void (*print)(const char *fmt, ...));

/* The latched status. */
int message_status(void);
/* Raise the exit status to `status`; it never goes down. */
void message_latch(int status);
/*
 * What main returns: the latched status, after flushing stdout and checking
 * that. A failed write is an error.
 */
int message_finish(void);

/* The name that message_init() was given. */
const char *message_tool(void);
/*
 * To be called after something was printed to stdout instead of doing work:
 * checks the write and exits.
 */
__attribute__((noreturn)) void message_end(void);
/* Print the version to stdout and exit. */
__attribute__((noreturn)) void message_version(void);

#endif
