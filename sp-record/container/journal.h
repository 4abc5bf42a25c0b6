/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes one line for each container: to stderr, which a runtime keeps or
 * shows, to the system's log, and to the file of --log.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

/*
 * Opens the file of --log; NULL: none. Prints an error if it cannot be opened.
 */
void journal_open(const char *path);
/* Closes the connection to the system's log; the next line opens it again. */
void journal_close(void);
__attribute__((format(printf, 1, 2))) void journal_note(const char *fmt, ...);

#endif
