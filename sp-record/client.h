/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that only ask a daemon to run something. */
#ifndef CLIENT_H
#define CLIENT_H

/*
 * If the command is such a client, returns a text about the calls that its
 * recording lacks, which the caller frees. `*advice` is then a static text
 * about how to record these. Otherwise returns NULL.
 */
char *client_of(char *const argv[], const char **advice);

#endif
