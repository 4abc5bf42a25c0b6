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
 * Begins to listen, and turns auditing on until audit_socket_close(). Raises
 * the number of records that can wait. Returns NULL with errno on failure;
 * ETIMEDOUT means that the kernel did not answer. This needs AUDIT_SOCKET_CAPS,
 * of which CAP_AUDIT_WRITE is only for audit_socket_finish().
 */
#define AUDIT_SOCKET_CAPS "CAP_AUDIT_READ, CAP_AUDIT_CONTROL, CAP_AUDIT_WRITE"

struct audit_socket *audit_socket_open(audit_message *message, void *arg);
/* Restores the kernel's settings. Accepts NULL. */
void audit_socket_close(struct audit_socket *s);
/*
 * A descriptor to poll, and the function that takes records when it can be
 * read. It takes a limited number at once, so that the caller can do other work
 * in between.
 */
int audit_socket_fd(const struct audit_socket *s);
void audit_socket_take(struct audit_socket *s);
struct audit_end {
	/* Whether all records that were written until now were taken. */
	bool known;
	/*
	 * Whether somebody turned auditing off. Then records of types other
	 * than SECCOMP may be missing.
	 */
	bool off;
	/* The least number of lost records, of any type. */
	uint64_t lost;
};
/*
 * Takes all records that were written until now, which takes at most a few
 * seconds.
 */
struct audit_end audit_socket_finish(struct audit_socket *s);

#endif
