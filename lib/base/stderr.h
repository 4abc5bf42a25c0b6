/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints text on stderr. The output of a terminal can be stopped: by its user
 * with ^S, or by a program that has it open, with tcflow(3). A tool that then
 * waited would stop in the middle of its work, perhaps before it writes its
 * file.
 */
#ifndef STDERR_H
#define STDERR_H

/*
 * Prints the text as it is. While stderr is a terminal whose output is stopped,
 * the text is kept. It is printed before the next text, or when the process
 * exits, which waits until the terminal continues, or for a signal.
 */
void stderr_print(const char *text);
/* Call this before any other function that uses atexit(3). */
void stderr_init(void);

#endif
