/* SPDX-License-Identifier: Apache-2.0 */
/* Runs another program and returns what it prints. */
#ifndef CAPTURE_H
#define CAPTURE_H

/*
 * Runs a command and returns its stdout, which the caller frees. The command is
 * looked up in PATH; its stdin and stderr are /dev/null. Returns NULL if it
 * could not be run, did not exit with 0, or printed too much.
 */
char *capture_output(char *const argv[]);
/*
 * Does the same with a time limit (0: none). When the time is over, kills the
 * command and returns NULL with ETIMEDOUT.
 */
char *capture_output_within(char *const argv[], unsigned int ms);

#endif
