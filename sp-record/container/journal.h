/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line for each container: on stderr, which a runtime keeps or shows, in
 * the system's log, and in the file of --log.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

/* `path` NULL: no file. One that cannot be opened is reported on stderr. */
void journal_open(const char *path);
/* The descriptor of the system's log; the next line opens it again. */
void journal_close(void);
__attribute__((format(printf, 1, 2))) void journal_note(const char *fmt, ...);

#endif
