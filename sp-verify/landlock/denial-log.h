/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's audit records of Landlock's denials: since ABI 7. */
#ifndef DENIAL_LOG_H
#define DENIAL_LOG_H

#include <stdbool.h>
#include <sys/types.h>

#include "landlock/denied.h"

struct denial_log;

/* Listen, as audit_socket_open() does. NULL: errno. */
struct denial_log *denial_log_open(void);
/* Restores what was before. NULL is fine. */
void denial_log_close(struct denial_log *a);
int denial_log_fd(const struct denial_log *a);
/* The process, in the initial namespace, that put our domain in force. */
void denial_log_follow(struct denial_log *a, pid_t pid);
/* Take some of the records that have come. */
void denial_log_take(struct denial_log *a);
/*
 * Take all further records and add the denials of our domain. False: records
 * may be missing, since auditing was turned off meanwhile, the kernel lost
 * some, or there were too many domains.
 */
bool denial_log_finish(struct denial_log *a, struct denied *denied);

#endif
