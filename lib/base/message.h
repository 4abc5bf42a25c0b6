/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages on stderr and the exit status they leave behind. Nothing else in
 * lib/ prints or exits.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stddef.h>

/* Exit status of every filter; sp-record has its own (see sp-record(1)). */
enum {
	STATUS_YES = 0,		/* fine, equal, no violation */
	STATUS_NO = 1,		/* the answer is no */
	STATUS_TROUBLE = 2,	/* usage, bad input, a write that failed */
};

/*
 * Every message starts with `tool`, getopt(3)'s too, for which argv[0] is
 * set; message_error() latches `trouble`. Of notes and errors with one format,
 * the first 20 are printed, and the last one at the end with the number of those
 * between.
 */
void message_init(const char *tool, int trouble, char **argv);

/* Something worth knowing; the exit status is not touched. */
__attribute__((format(printf, 1, 2))) void message_note(const char *fmt, ...);
/* The same for a tool that runs for ever: all of them are printed. */
void message_line(const char *text);
/*
 * For a tool that writes its notes into its output as well: keep them from here
 * on, and the notes kept so far, without the tool's name, NULL at the end.
 */
void message_keep_notes(void);
char **message_notes(void);
/* An error: from here on the tool cannot exit with less than `trouble`. */
__attribute__((format(printf, 1, 2))) void message_error(const char *fmt, ...);
/* An error after which nothing can be done: prints and exits. */
__attribute__((format(printf, 1, 2), noreturn))
void message_fatal(const char *fmt, ...);
/* A wrong command line: prints, points to --help and exits. */
__attribute__((format(printf, 1, 2), noreturn))
void message_usage(const char *fmt, ...);

/*
 * Print each of the texts, which end with NULL, by one of the functions above,
 * and free them: how many they were.
 */
size_t message_all(char **texts, void (*print)(const char *fmt, ...));

/* The latched status so far. */
int message_status(void);
/* Raise the exit status to `status`; it never goes down. */
void message_latch(int status);
/*
 * The latched status, after stdout was flushed and checked: what main
 * returns.
 */
int message_finish(void);

/* The name that message_init() was given. */
const char *message_tool(void);
/* After something was printed to stdout in place of work: check that, exit. */
__attribute__((noreturn)) void message_end(void);
/* Print the version to stdout and exit. */
__attribute__((noreturn)) void message_version(void);

#endif
