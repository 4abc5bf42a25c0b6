/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's audit records of what Landlock denies: since ABI 7. */
#ifndef DENIAL_LOG_H
#define DENIAL_LOG_H

#include <stdbool.h>
#include <sys/types.h>

#include "landlock/denied.h"

struct denial_log;

/* Listen, as audit_socket_open() does. NULL: errno. */
struct denial_log *denial_log_open(void);
/* As it was before. NULL is fine. */
void denial_log_close(struct denial_log *a);
int denial_log_fd(const struct denial_log *a);
/* The process, in the initial namespace, whose domain is meant. */
void denial_log_follow(struct denial_log *a, pid_t pid);
/* Take some of what has come. */
void denial_log_take(struct denial_log *a);
/*
 * Take the rest, when no more will come, and add what our domain denied. False:
 * records may be missing, since auditing was turned off meanwhile, the kernel
 * lost some, or there were too many domains.
 */
bool denial_log_finish(struct denial_log *a, struct denied *denied);

#endif
