/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's audit records as they are written, by netlink. */
#ifndef AUDIT_SOCKET_H
#define AUDIT_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

struct audit_socket;

/* `type` is AUDIT_* (linux/audit.h), the text "audit(…): …". */
typedef void audit_message(void *arg, uint16_t type, const char *text);

/*
 * Listen, and have the kernel write records while we do, and keep more of them
 * waiting than it does by default. NULL: errno; it takes
 * CAP_AUDIT_READ, CAP_AUDIT_CONTROL and, to know the end, CAP_AUDIT_WRITE:
 * AUDIT_SOCKET_CAPS. ETIMEDOUT: the kernel has not answered.
 */
#define AUDIT_SOCKET_CAPS "CAP_AUDIT_READ, CAP_AUDIT_CONTROL, CAP_AUDIT_WRITE"

struct audit_socket *audit_socket_open(audit_message *message, void *arg);
/* As it was before. NULL is fine. */
void audit_socket_close(struct audit_socket *s);
/*
 * To poll, and then to take what has come: of many no more than some, so that
 * the caller sees to other things before it polls again.
 */
int audit_socket_fd(const struct audit_socket *s);
void audit_socket_take(struct audit_socket *s);
struct audit_end {
	bool known;		/* all that was written up to now was taken */
	bool off;		/* auditing was turned off meanwhile: records of
				   other types than SECCOMP may be missing */
	uint64_t lost;		/* so many at least, of any type */
};
/* All that was written up to now; takes seconds at most. */
struct audit_end audit_socket_finish(struct audit_socket *s);

#endif
