/* SPDX-License-Identifier: Apache-2.0 */
#include "audit.h"

#include <ctype.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "path.h"

enum {
	LANDLOCK_ACCESS = 1423, LANDLOCK_DOMAIN = 1424,	/* linux/audit.h, 6.15 */
	RECEIVE_BYTES = 8 << 20,
	MESSAGE_MAX = 16384,
};

/* A denial, until it is known who was denied: records of an event share a serial. */
struct pending {
	char *serial, *domain, *rights, *object;
	char *image;			/* NULL: not known yet */
};

struct audit {
	int fd;
	bool was_enabled;
	uint32_t lost;			/* the kernel's count, at first */
	bool missed;			/* records that we had no room for */
	char mark[48];			/* of our own record, the last one */
	bool marked;			/* it has come */
	pid_t pid;
	char *domain;			/* NULL: it has not been denied anything */
	struct pending *pending;
	size_t n_pending;
};

struct request {
	struct nlmsghdr header;
	struct audit_status status;
};

/* An answer of that type; false: errno. */
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
		if (n < (ssize_t)sizeof(*h))
			return false;
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

struct audit *audit_open(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK, .nl_groups = AUDIT_NLGRP_READLOG,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	int control = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			     NETLINK_AUDIT);
	struct audit_status status = { 0 };
	int size = RECEIVE_BYTES, error;
	struct audit *a;

	if (fd < 0 || control < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    !ask(control, AUDIT_GET, &status, AUDIT_GET))
		goto fail;
	a = xcalloc(1, sizeof(*a));
	a->fd = fd;
	a->was_enabled = status.enabled;
	a->lost = status.lost;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	status = (struct audit_status){
		.mask = AUDIT_STATUS_ENABLED, .enabled = 1,
	};
	if (!a->was_enabled && !ask(control, AUDIT_SET, &status, NLMSG_ERROR)) {
		free(a);
		goto fail;
	}
	close(control);
	return a;
fail:
	error = errno;
	if (fd >= 0)
		close(fd);
	if (control >= 0)
		close(control);
	errno = error;
	return NULL;
}

static void free_pending(struct pending *p)
{
	free(p->serial);
	free(p->domain);
	free(p->rights);
	free(p->object);
	free(p->image);
}

void audit_close(struct audit *a)
{
	struct audit_status status = { .mask = AUDIT_STATUS_ENABLED };
	int control;

	if (!a)
		return;
	if (!a->was_enabled) {
		control = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
				 NETLINK_AUDIT);
		if (control >= 0)
			ask(control, AUDIT_SET, &status, NLMSG_ERROR);
		close(control);
	}
	for (size_t i = 0; i < a->n_pending; i++)
		free_pending(&a->pending[i]);
	free(a->pending);
	free(a->domain);
	close(a->fd);
	free(a);
}

int audit_fd(const struct audit *a)
{
	return a->fd;
}

void audit_follow(struct audit *a, pid_t pid)
{
	a->pid = pid;
}

/*
 * The value of ` key=`: bare, quoted, or in hexadecimal where it has bytes that
 * could not be quoted (audit_log_untrustedstring). Heap; NULL: not there.
 */
static char *value_of(const char *text, const char *key, bool untrusted)
{
	char *pattern = xasprintf(" %s=", key);
	const char *at = strstr(text, pattern);
	size_t n;
	char *value;

	if (at)
		at += strlen(pattern);
	free(pattern);
	if (!at)
		return NULL;
	if (*at == '"')
		return xasprintf("%.*s", (int)strcspn(at + 1, "\""), at + 1);
	n = strcspn(at, " \n");
	value = xasprintf("%.*s", (int)n, at);
	if (!untrusted || n % 2 || strspn(value, "0123456789ABCDEF") != n)
		return value;
	for (size_t i = 0; i < n / 2; i++) {
		char two[3] = { value[2 * i], value[2 * i + 1], '\0' };

		value[i] = strtol(two, NULL, 16);
	}
	value[n / 2] = '\0';
	return value;
}

static char *serial_of(const char *text)
{
	const char *end = strchr(text, ')');

	return end ? xasprintf("%.*s", (int)(end - text), text) : xstrdup("");
}

static char *object_of(const char *text)
{
	char *path = value_of(text, "path", true), *object;
	char *port = path ? NULL : value_of(text, "dest", false);

	if (!path && !port)
		port = value_of(text, "src", false);
	object = path ? path_escape(path) :
		port ? xasprintf("port %s", port) : xstrdup("-");
	free(path);
	free(port);
	return object;
}

static void on_access(struct audit *a, const char *text)
{
	char *domain = value_of(text, "domain", false);
	char *rights = value_of(text, "blockers", false);

	if (!domain || !rights) {
		free(domain);
		free(rights);
		return;
	}
	a->pending = xgrow(a->pending, a->n_pending, sizeof(*a->pending));
	a->pending[a->n_pending++] = (struct pending){
		serial_of(text), domain, rights, object_of(text), NULL,
	};
}

static void on_domain(struct audit *a, const char *text)
{
	char *status = value_of(text, "status", false);
	char *pid = value_of(text, "pid", false);

	if (status && pid && !strcmp(status, "allocated") &&
	    a->pid && strtol(pid, NULL, 10) == a->pid && !a->domain)
		a->domain = value_of(text, "domain", false);
	free(status);
	free(pid);
}

static void on_syscall(struct audit *a, const char *text)
{
	char *serial = serial_of(text);

	for (size_t i = 0; i < a->n_pending; i++)
		if (!a->pending[i].image &&
		    !strcmp(a->pending[i].serial, serial))
			a->pending[i].image = value_of(text, "exe", true);
	free(serial);
}

/* A denial for several rights is one for each. */
static void add_rights(struct denied *denied, const struct pending *p)
{
	char *rights = xstrdup(p->rights), *next = rights, *right;

	while ((right = strsep(&next, ",")))
		denied_add(denied, right, p->object,
			   p->image ? p->image : "unknown", 1);
	free(rights);
}

/*
 * Those of one event, or of all, when no more will come of it: of our domain,
 * which is named by the record after its first denial.
 */
static void settle(struct audit *a, const char *serial, struct denied *denied)
{
	size_t kept = 0;

	for (size_t i = 0; i < a->n_pending; i++) {
		struct pending *p = &a->pending[i];

		if (serial && strcmp(p->serial, serial)) {
			a->pending[kept++] = *p;
			continue;
		}
		if (a->domain && !strcmp(p->domain, a->domain))
			add_rights(denied, p);
		free_pending(p);
	}
	a->n_pending = kept;
}

static void on_message(struct audit *a, uint16_t type, const char *text,
		       struct denied *denied)
{
	char *serial;

	if (type == AUDIT_EOE) {
		serial = serial_of(text);
		settle(a, serial, denied);
		free(serial);
	}
	if (type == AUDIT_USER && *a->mark && strstr(text, a->mark))
		a->marked = true;
	else if (type == LANDLOCK_ACCESS)
		on_access(a, text);
	else if (type == LANDLOCK_DOMAIN)
		on_domain(a, text);
	else if (type == AUDIT_SYSCALL)
		on_syscall(a, text);
}

void audit_take(struct audit *a, struct denied *denied)
{
	char buf[MESSAGE_MAX + 1];
	const struct nlmsghdr *h = (const void *)buf;
	ssize_t n;

	for (;;) {
		n = recv(a->fd, buf, MESSAGE_MAX, MSG_DONTWAIT);
		if (n < 0 && errno == ENOBUFS) {
			a->missed = true;
			continue;
		}
		if (n < (ssize_t)sizeof(*h))
			break;
		buf[n] = '\0';
		/* Its length does not count the header in all kernels. */
		on_message(a, h->nlmsg_type, NLMSG_DATA(h), denied);
	}
}

/* Have the kernel write a record of ours, behind all that it has to write. */
static bool send_mark(struct audit *a, int control)
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

/* Records are delivered by a thread of the kernel's: until ours has come. */
static bool wait_for_mark(struct audit *a, int control, struct denied *denied)
{
	enum { TURNS = 50, TURN_MS = 100 };
	struct pollfd p = { .fd = a->fd, .events = POLLIN };

	if (!send_mark(a, control))
		return false;
	for (int i = 0; i < TURNS && !a->marked; i++) {
		poll(&p, 1, TURN_MS);
		audit_take(a, denied);
	}
	return a->marked;
}

bool audit_finish(struct audit *a, struct denied *denied)
{
	int control = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			     NETLINK_AUDIT);
	struct audit_status status = { 0 };
	bool fine = control >= 0 && wait_for_mark(a, control, denied) &&
		ask(control, AUDIT_GET, &status, AUDIT_GET);

	if (control >= 0)
		close(control);
	audit_take(a, denied);
	settle(a, NULL, denied);
	return fine && status.enabled && status.lost == a->lost && !a->missed;
}
