/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/audit-socket.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "audit/audit-note.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/message.h"
#include "process/capability.h"

enum {
	RECEIVE_BYTES = 64 << 20,
	/* the limit for the kernel's queue of records */
	BACKLOG = 8192,
	MESSAGE_MAX = 16384,
	/*
	 * The most messages that are taken at once, so that the caller can do
	 * other work in between.
	 */
	TAKE_MAX = 1024,
	/* seconds within which the kernel must answer a request */
	ANSWER_S = 5,
	FINISH_MS = 5000,	/* time to wait for our own record */
};

struct audit_socket {
	int fd;
	bool was_enabled;
	/* The limit to restore. 0: we did not change it. */
	uint32_t backlog;
	/* Our note for other processes. -1: none. */
	int note;
	/* the kernel's count of lost records when we began */
	uint32_t lost;
	uint64_t missed;		/* how often our socket had no room */
	/* The text of our own record, which is the last one that we need. */
	char mark[48];
	bool marked;			/* whether our own record has come */
	audit_message *message;
	void *arg;
};

struct request {
	struct nlmsghdr header;
	struct audit_status status;
};

/* Waits for an answer of this type. Returns false with errno on failure. */
static bool ask(int fd, uint16_t type, struct audit_status *status,
		uint16_t answer)
{
	struct request r = {
		.header = {
			.nlmsg_len = type == AUDIT_SET ? sizeof(r) :
				NLMSG_LENGTH(0),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST |
				(type == AUDIT_SET ? NLM_F_ACK : 0),
		},
		.status = *status,
	};
	char buf[MESSAGE_MAX];
	const struct nlmsghdr *h = (const void *)buf;
	ssize_t n;

	if (send(fd, &r, r.header.nlmsg_len, 0) < 0)
		return false;
	for (;;) {
		n = recv(fd, buf, sizeof(buf), 0);
		if (n < (ssize_t)sizeof(*h)) {
			if (n >= 0 || errno == EAGAIN)
				errno = n < 0 ? ETIMEDOUT : EBADMSG;
			return false;
		}
		if (h->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *e = NLMSG_DATA(h);

			errno = -e->error;
			if (e->error || answer == NLMSG_ERROR)
				return !e->error;
		} else if (h->nlmsg_type == answer) {
			memcpy(status, NLMSG_DATA(h), sizeof(*status));
			return true;
		}
	}
}

static bool set_enabled(int control, bool enabled)
{
	struct audit_status status = {
		.mask = AUDIT_STATUS_ENABLED, .enabled = enabled,
	};

	return ask(control, AUDIT_SET, &status, NLMSG_ERROR);
}

static bool set_backlog(int control, uint32_t limit)
{
	struct audit_status status = {
		.mask = AUDIT_STATUS_BACKLOG_LIMIT, .backlog_limit = limit,
	};

	return ask(control, AUDIT_SET, &status, NLMSG_ERROR);
}

/*
 * Opens a socket for requests to the kernel's audit. Returns -1 with errno on
 * failure.
 */
static int control_open(void)
{
	const struct timeval wait = { .tv_sec = ANSWER_S };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	return fd;
}

/*
 * Called if auditing is on. If there is a note of a killed sp-verify, and no
 * auditd runs, that sp-verify left auditing on.
 */
static void look_for_note(struct audit_socket *a,
			  const struct audit_status *status)
{
	uint32_t backlog = 0;

	a->note = audit_note_take(&backlog);
	if (a->note < 0)
		return;
	if (status->pid) {
		audit_note_remove(a->note);
		a->note = -1;
		return;
	}
	a->was_enabled = false;
	a->backlog = backlog;
	message_note("auditing was left on by an sp-verify that was killed: it "
		     "will be turned off at the end");
}

/*
 * Turns auditing on. Writes the note first, because we can be killed at any
 * moment. Returns false with errno on failure.
 */
static bool turn_on(struct audit_socket *a, int control, uint32_t limit)
{
	/* A limit of 0 means that there is no limit. */
	bool raise = limit && limit < BACKLOG;

	a->note = audit_note_write(raise ? limit : 0);
	if (!set_enabled(control, true)) {
		audit_note_remove(a->note);
		return false;
	}
	return true;
}

/*
 * Turns auditing on, or leaves it on, and raises the limit for waiting records.
 * Returns NULL with errno on failure; the caller then closes `fd`.
 */
static struct audit_socket *begin(int fd, int control,
				  const struct audit_status *status)
{
	struct audit_socket *a = xcalloc(1, sizeof(*a));
	int size = RECEIVE_BYTES;

	a->fd = fd;
	a->was_enabled = status->enabled;
	a->lost = status->lost;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	a->note = -1;
	if (a->was_enabled) {
		look_for_note(a, status);
	} else if (!turn_on(a, control, status->backlog_limit)) {
		free(a);
		return NULL;
	}
	if (status->backlog_limit && status->backlog_limit < BACKLOG &&
	    set_backlog(control, BACKLOG))
		a->backlog = status->backlog_limit;
	return a;
}

struct audit_socket *audit_socket_open(audit_message *message, void *arg)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK, .nl_groups = AUDIT_NLGRP_READLOG,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	int control = control_open(), error;
	struct audit_status status = { 0 };
	struct audit_socket *a = NULL;

	if (fd < 0 || control < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)))
		goto out;
	/*
	 * The capability is needed only at the end, but its lack is an error
	 * from the start.
	 */
	errno = EPERM;
	if (!capability_has(CAP_AUDIT_WRITE) ||
	    !ask(control, AUDIT_GET, &status, AUDIT_GET))
		goto out;
	a = begin(fd, control, &status);
	if (a) {
		a->message = message;
		a->arg = arg;
	}
out:
	error = errno;
	if (fd >= 0 && !a)
		close(fd);
	if (control >= 0)
		close(control);
	errno = error;
	return a;
}

void audit_socket_close(struct audit_socket *a)
{
	int control;

	if (!a)
		return;
	control = control_open();
	if (control >= 0) {
		if (a->backlog)
			set_backlog(control, a->backlog);
		if (!a->was_enabled)
			set_enabled(control, false);
		audit_note_remove(a->note);
		close(control);
	}
	close(a->fd);
	free(a);
}

int audit_socket_fd(const struct audit_socket *a)
{
	return a->fd;
}

void audit_socket_take(struct audit_socket *a)
{
	char buf[MESSAGE_MAX + 1];
	const struct nlmsghdr *h = (const void *)buf;
	const char *text = NLMSG_DATA(h);
	ssize_t n;

	for (int i = 0; i < TAKE_MAX; i++) {
		n = recv(a->fd, buf, MESSAGE_MAX, MSG_DONTWAIT);
		if (n < 0 && errno == ENOBUFS) {
			a->missed++;
			continue;
		}
		if (n < (ssize_t)sizeof(*h))
			break;
		buf[n] = '\0';
		/* In some kernels, the length leaves out the header. */
		if (h->nlmsg_type == AUDIT_USER && *a->mark &&
		    strstr(text, a->mark))
			a->marked = true;
		else
			a->message(a->arg, h->nlmsg_type, text);
	}
}

/*
 * Makes the kernel write a record of ours. It comes after all records that were
 * written before.
 */
static bool send_mark(struct audit_socket *a, int control)
{
	struct {
		struct nlmsghdr header;
		char text[sizeof(a->mark)];
	} message = {
		.header = {
			.nlmsg_len = sizeof(message),
			.nlmsg_type = AUDIT_USER,
			.nlmsg_flags = NLM_F_REQUEST,
		},
	};
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(a->mark, sizeof(a->mark), "sp-verify-%d-%lld%09ld", getpid(),
		 (long long)now.tv_sec, now.tv_nsec);
	memcpy(message.text, a->mark, sizeof(a->mark));
	return send(control, &message, sizeof(message), 0) ==
		(ssize_t)sizeof(message);
}

/*
 * Waits for our own record, which a kernel thread delivers after all records
 * that were written before. Further records can follow.
 */
static bool wait_for_mark(struct audit_socket *a, int control)
{
	uint64_t end_ms = now_ms() + FINISH_MS, now;
	struct pollfd p = { .fd = a->fd, .events = POLLIN };

	if (!send_mark(a, control))
		return false;
	while (!a->marked && (now = now_ms()) < end_ms) {
		poll(&p, 1, (int)(end_ms - now));
		audit_socket_take(a);
	}
	return a->marked;
}

/*
 * Notes that somebody turned auditing off. Then the kernel writes no record of
 * ours either.
 */
static void find_off(struct audit_socket *a, int control, struct audit_end *end)
{
	struct audit_status status = { 0 };

	if (!ask(control, AUDIT_GET, &status, AUDIT_GET) || status.enabled)
		return;
	end->off = true;
	if (set_enabled(control, true))
		a->was_enabled = false;
}

struct audit_end audit_socket_finish(struct audit_socket *a)
{
	int control = control_open();
	struct audit_status status = { .lost = a->lost };
	struct audit_end end = { .known = false };

	if (control >= 0) {
		find_off(a, control, &end);
		end.known = wait_for_mark(a, control) &&
			ask(control, AUDIT_GET, &status, AUDIT_GET);
		close(control);
	}
	end.lost = (uint32_t)(status.lost - a->lost) + a->missed;
	return end;
}
