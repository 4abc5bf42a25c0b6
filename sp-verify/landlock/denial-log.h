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
/* Take of what has come; what our domain was denied is added. */
void denial_log_take(struct denial_log *a, struct denied *denied);
/*
 * The same at the end, when no more will come. False: records may be missing,
 * since auditing was turned off meanwhile or the kernel lost some.
 */
bool denial_log_finish(struct denial_log *a, struct denied *denied);
#endif
