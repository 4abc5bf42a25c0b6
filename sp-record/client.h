/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that only ask a daemon to run something. */
#ifndef CLIENT_H
#define CLIENT_H

/*
 * If the command is such a client, returns a text that says what its recording
 * lacks; the caller frees it. `*advice`, a static text, then says how to record
 * that instead. Otherwise returns NULL.
 */
char *client_of(char *const argv[], const char **advice);

#endif
