/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that only ask a daemon to run something. */
#ifndef CLIENT_H
#define CLIENT_H

/*
 * If the command is such a client: what its recording lacks (heap), and in
 * `*advice` how to record that instead (static). Else NULL.
 */
char *client_of(char *const argv[], const char **advice);

#endif
