/* SPDX-License-Identifier: Apache-2.0 */
#include "landlock/denial-log.h"

#include <linux/audit.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit-record.h"
#include "audit/audit-socket.h"
#include "base/memory.h"
#include "kernel/path.h"

/* These constants are in linux/audit.h since Linux 6.15. */
enum { LANDLOCK_ACCESS = 1423, LANDLOCK_DOMAIN = 1424 };

/*
 * A denial whose process is not known yet. All records of an event have the
 * same serial number.
 */
struct pending {
	char *serial, *domain, *rights, *object;
	char *image;			/* NULL: not known yet */
};

enum { DOMAINS_MAX = 4096 };

struct denial_log {
	struct audit_socket *socket;
	pid_t pid;
	/* The command's domain. 0: it had no denial so far. */
	uint64_t domain;
	struct pending *pending;
	size_t n_pending;
	/*
	 * Denials by domain: until the end, it may be unknown which domain is
	 * ours.
	 */
	struct list {
		uint64_t domain;
		struct denied *denied;
	} *lists;
	size_t n_lists;
	struct room room;	/* shared by all lists */
	/* whether there were more than DOMAINS_MAX domains */
	bool overflow;
};

static void free_pending(struct pending *p)
{
	free(p->serial);
	free(p->domain);
	free(p->rights);
	free(p->object);
	free(p->image);
}

static char *serial_of(const char *text)
{
	const char *end = strchr(text, ')');

	return end ? xasprintf("%.*s", (int)(end - text), text) : xstrdup("");
}

static char *object_of(const char *text)
{
	char *path = audit_value(text, "path", true), *object;
	char *port = path ? NULL : audit_value(text, "dest", false);

	if (!path && !port)
		port = audit_value(text, "src", false);
	object = path ? path_escape(path) :
		port ? xasprintf("port %s", port) : xstrdup("-");
	free(path);
	free(port);
	return object;
}

static void on_access(struct denial_log *a, const char *text)
{
	char *domain = audit_value(text, "domain", false);
	char *rights = audit_value(text, "blockers", false);

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

static void on_domain(struct denial_log *a, const char *text)
{
	char *status = audit_value(text, "status", false);
	char *pid = audit_value(text, "pid", false);

	char *domain = audit_value(text, "domain", false);
	uint64_t id = domain ? strtoull(domain, NULL, 16) : 0;

	/*
	 * The process may create further domains. Ours has the lowest id, since
	 * it created ours first, and ids grow.
	 */
	if (status && pid && !strcmp(status, "allocated") && a->pid &&
	    strtol(pid, NULL, 10) == a->pid &&
	    (!a->domain || id < a->domain))
		a->domain = id;
	free(status);
	free(pid);
	free(domain);
}

static void on_syscall(struct denial_log *a, const char *text)
{
	char *serial = serial_of(text);

	for (size_t i = 0; i < a->n_pending; i++)
		if (!a->pending[i].image &&
		    !strcmp(a->pending[i].serial, serial))
			a->pending[i].image = audit_value(text, "exe", true);
	free(serial);
}

/* Adds a denial for each of the denied rights. */
static void add_rights(struct denied *denied, const struct pending *p)
{
	char *rights = xstrdup(p->rights), *next = rights, *right;

	while ((right = strsep(&next, ",")))
		denied_add(denied, right, p->object,
			   p->image ? p->image : "unknown", 1);
	free(rights);
}

/*
 * Returns the list of a domain. Returns NULL if another process created the
 * domain, or there are too many.
 */
static struct denied *list_of(struct denial_log *a, const char *domain)
{
	uint64_t id = strtoull(domain, NULL, 16);
	size_t i = 0;

	if (a->domain && id > a->domain)
		return NULL;
	while (i < a->n_lists && a->lists[i].domain != id)
		i++;
	if (i == DOMAINS_MAX) {
		a->overflow = true;
		return NULL;
	}
	if (i == a->n_lists) {
		a->lists = xgrow(a->lists, i, sizeof(*a->lists));
		a->lists[a->n_lists++] = (struct list){ id, denied_new(&a->room) };
	}
	return a->lists[i].denied;
}

/* Handles the denials of one event. NULL: of all events. */
static void settle(struct denial_log *a, const char *serial)
{
	size_t kept = 0;

	for (size_t i = 0; i < a->n_pending; i++) {
		struct pending *p = &a->pending[i];
		struct denied *list;

		if (serial && strcmp(p->serial, serial)) {
			a->pending[kept++] = *p;
			continue;
		}
		list = list_of(a, p->domain);
		if (list)
			add_rights(list, p);
		free_pending(p);
	}
	a->n_pending = kept;
}

static void on_message(void *audit, uint16_t type, const char *text)
{
	struct denial_log *a = audit;
	char *serial;

	if (type == AUDIT_EOE) {
		serial = serial_of(text);
		settle(a, serial);
		free(serial);
	} else if (type == LANDLOCK_ACCESS) {
		on_access(a, text);
	} else if (type == LANDLOCK_DOMAIN) {
		on_domain(a, text);
	} else if (type == AUDIT_SYSCALL) {
		on_syscall(a, text);
	}
}

struct denial_log *denial_log_open(void)
{
	struct denial_log *a = xcalloc(1, sizeof(*a));

	a->socket = audit_socket_open(on_message, a);
	if (a->socket)
		return a;
	free(a);
	return NULL;
}

void denial_log_close(struct denial_log *a)
{
	if (!a)
		return;
	audit_socket_close(a->socket);
	for (size_t i = 0; i < a->n_pending; i++)
		free_pending(&a->pending[i]);
	free(a->pending);
	for (size_t i = 0; i < a->n_lists; i++)
		denied_free(a->lists[i].denied);
	free(a->lists);
	free(a);
}

int denial_log_fd(const struct denial_log *a)
{
	return audit_socket_fd(a->socket);
}

void denial_log_follow(struct denial_log *a, pid_t pid)
{
	a->pid = pid;
}

void denial_log_take(struct denial_log *a)
{
	audit_socket_take(a->socket);
}

bool denial_log_finish(struct denial_log *a, struct denied *denied)
{
	struct audit_end end = audit_socket_finish(a->socket);

	settle(a, NULL);
	for (size_t i = 0; i < a->n_lists; i++)
		if (a->lists[i].domain == a->domain)
			denied_add_all(denied, a->lists[i].denied);
	return end.known && !end.off && !end.lost && !a->overflow;
}
