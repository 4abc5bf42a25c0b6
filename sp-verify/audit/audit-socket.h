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
 * Listen, have the kernel write records meanwhile, and let more of them wait
 * than by default. NULL: errno. It takes CAP_AUDIT_READ, CAP_AUDIT_CONTROL and,
 * to know the end, CAP_AUDIT_WRITE: AUDIT_SOCKET_CAPS. ETIMEDOUT: the kernel
 * has not answered.
 */
#define AUDIT_SOCKET_CAPS "CAP_AUDIT_READ, CAP_AUDIT_CONTROL, CAP_AUDIT_WRITE"

struct audit_socket *audit_socket_open(audit_message *message, void *arg);
/* Restores what was before. NULL is fine. */
void audit_socket_close(struct audit_socket *s);
/*
 * To poll, and then to take records: of many only some, so that the caller can
 * do other things before it polls again.
 */
int audit_socket_fd(const struct audit_socket *s);
void audit_socket_take(struct audit_socket *s);
struct audit_end {
	/* all records that were written up to now were taken */
	bool known;
	/*
	 * auditing was turned off meanwhile: records of other types than
	 * SECCOMP may be missing
	 */
	bool off;
	uint64_t lost;		/* at least so many were lost, of any type */
};
/* Take all records that were written up to now; takes seconds at most. */
struct audit_end audit_socket_finish(struct audit_socket *s);

#endif
