/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that only ask a daemon to run something. */
#ifndef CLIENT_H
#define CLIENT_H

/*
 * If the command is such a client, returns what its recording lacks, a text
 * that the caller frees. `*advice` then says how to record that instead, a
 * static text. Otherwise returns NULL.
 */
char *client_of(char *const argv[], const char **advice);

#endif
