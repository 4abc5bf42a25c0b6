/* SPDX-License-Identifier: Apache-2.0 */
/* Reads audit records about denials by Landlock, which exist since ABI 7. */
#ifndef DENIAL_LOG_H
#define DENIAL_LOG_H

#include <stdbool.h>
#include <sys/types.h>

#include "landlock/denied.h"

struct denial_log;

/*
 * Begins to listen, as audit_socket_open() does. Returns NULL with errno on
 * failure.
 */
struct denial_log *denial_log_open(void);
/* Restores the kernel's settings. Accepts NULL. */
void denial_log_close(struct denial_log *a);
int denial_log_fd(const struct denial_log *a);
/*
 * Sets the process that creates our domain; `pid` is an id in the initial
 * namespace.
 */
void denial_log_follow(struct denial_log *a, pid_t pid);
/* Takes records that have come, a limited number at once. */
void denial_log_take(struct denial_log *a);
/*
 * Takes all remaining records, and adds the denials in our domain. Returns
 * false if records may be missing: somebody turned auditing off, the kernel
 * lost records, or there were too many domains.
 */
bool denial_log_finish(struct denial_log *a, struct denied *denied);

#endif
