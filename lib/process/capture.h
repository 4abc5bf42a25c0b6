/* SPDX-License-Identifier: Apache-2.0 */
/* Runs another program and returns what it prints. */
#ifndef CAPTURE_H
#define CAPTURE_H

/*
 * The stdout of a command, which is looked up in PATH and has /dev/null as
 * stdin and stderr; heap. NULL: it could not be run, did not exit with 0 or
 * printed too much.
 */
char *capture_output(char *const argv[]);
/*
 * The same, but the command is killed if it takes longer than that (0: never):
 * errno is ETIMEDOUT then.
 */
char *capture_output_within(char *const argv[], unsigned int ms);

#endif
