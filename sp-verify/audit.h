/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's audit records of what Landlock denies: since ABI 7. */
#ifndef AUDIT_H
#define AUDIT_H

#include <stdbool.h>
#include <sys/types.h>

#include "denied.h"

struct audit;

/* Listen, as audit_socket_open() does. NULL: errno. */
struct audit *audit_open(void);
/* As it was before. NULL is fine. */
void audit_close(struct audit *a);
int audit_fd(const struct audit *a);
/* The process, in the initial namespace, whose domain is meant. */
void audit_follow(struct audit *a, pid_t pid);
/* Take of what has come; what our domain was denied is added. */
void audit_take(struct audit *a, struct denied *denied);
/*
 * The same at the end, when no more will come. False: records may be missing,
 * since auditing was turned off meanwhile or the kernel lost some.
 */
bool audit_finish(struct audit *a, struct denied *denied);
#endif
