/* SPDX-License-Identifier: Apache-2.0 */
/* What another program prints. */
#ifndef CAPTURE_H
#define CAPTURE_H

/*
 * The stdout of a command, sought in PATH, whose stdin and stderr are /dev/null;
 * heap. NULL: it could not be run, did not exit with 0 or printed too much.
 */
char *capture_output(char *const argv[]);

#endif
