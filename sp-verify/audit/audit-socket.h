/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the kernel's audit records as they are written, by netlink. */
#ifndef AUDIT_SOCKET_H
#define AUDIT_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

struct audit_socket;

/* `type` is AUDIT_* (linux/audit.h); `text` is "audit(…): …". */
typedef void audit_message(void *arg, uint16_t type, const char *text);

/*
 * Begins to listen, makes the kernel write records until the end, and lets more
 * records wait than by default. Returns NULL with errno on failure; ETIMEDOUT
 * means that the kernel has not answered. This needs AUDIT_SOCKET_CAPS, of
 * which CAP_AUDIT_WRITE is only for finding the end.
 */
#define AUDIT_SOCKET_CAPS "CAP_AUDIT_READ, CAP_AUDIT_CONTROL, CAP_AUDIT_WRITE"

struct audit_socket *audit_socket_open(audit_message *message, void *arg);
/* Restores the kernel's settings. Accepts NULL. */
void audit_socket_close(struct audit_socket *s);
/*
 * A descriptor to poll, and a function that then takes records. It does not
 * take too many at once, so that the caller can do other things in between.
 */
int audit_socket_fd(const struct audit_socket *s);
void audit_socket_take(struct audit_socket *s);
struct audit_end {
	/* all records that were written until now were taken */
	bool known;
	/*
	 * somebody turned auditing off: records of types other than SECCOMP may
	 * be missing
	 */
	bool off;
	/* at least this many records were lost, of any type */
	uint64_t lost;
};
/*
 * Takes all records that were written until now. This takes a few seconds at
 * most.
 */
struct audit_end audit_socket_finish(struct audit_socket *s);

#endif
