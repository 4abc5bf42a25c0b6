/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that only ask a daemon to run something. */
#ifndef CLIENT_H
#define CLIENT_H

/*
 * When the command is such a client: what its recording lacks, heap, and in
 * `*advice` how to record that instead, a static text. Else NULL.
 */
char *client_of(char *const argv[], const char **advice);

#endif
