/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/forks.h"

#include <dirent.h>
#include <errno.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uthash.h>

#include "base/clock.h"
#include "base/memory.h"
#include "process/cgroup.h"
#include "process/process.h"

enum {
	RECEIVE_BYTES = 64 << 20,
	/*
	 * The most live processes. If there are more, events of ends were lost.
	 */
	LIVE_MAX = 1 << 18,
	/* The most ended members, whose records can still come. */
	ENDED_MAX = 1 << 16,
	ANSWER_MS = 2000,
};

struct process {
	pid_t pid, parent;	/* 0: not known */
	/* 1 or 0: whether it is a member. -1: unknown. */
	int holds;
	/* Whether it is certainly under seccomp; then its children are, too. */
	bool filtered;
	UT_hash_handle hh;
};

struct forks {
	bool (*is)(const char *name, const char *arg);
	const char *cgroup;
	/* Live processes, and ended members in the order of their ends. */
	struct process *live, *ended;
	int fd, error;
	/* The number of our request. The answer has the next number. */
	uint32_t ack;
	bool answered;
	uint32_t answer;	/* errno of the answer */
	uint64_t missed;
};

/* Processes. */

static void forget(struct process **table)
{
	struct process *p, *next;

	HASH_ITER(hh, *table, p, next) {
		HASH_DEL(*table, p);
		free(p);
	}
}

static void drop(struct process **table, pid_t pid)
{
	struct process *p;

	HASH_FIND(hh, *table, &pid, sizeof(pid), p);
	if (!p)
		return;
	HASH_DEL(*table, p);
	free(p);
}

static struct process *find(struct forks *f, pid_t pid)
{
	struct process *p;

	HASH_FIND(hh, f->live, &pid, sizeof(pid), p);
	if (!p)
		HASH_FIND(hh, f->ended, &pid, sizeof(pid), p);
	return p;
}

static struct process *remember(struct forks *f, pid_t pid, int holds)
{
	struct process *p = find(f, pid);

	if (!p) {
		if (HASH_COUNT(f->live) >= LIVE_MAX)
			forget(&f->live);
		p = xcalloc(1, sizeof(*p));
		p->pid = pid;
		HASH_ADD(hh, f->live, pid, sizeof(pid), p);
	}
	p->holds = holds;
	return p;
}

static int look(struct forks *f, pid_t pid)
{
	int holds = cgroup_holds(pid, f->is, f->cgroup);

	if (holds >= 0)
		remember(f, pid, holds);
	return holds;
}

static void look_at_all(struct forks *f)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	pid_t pid;

	while (dir && (entry = readdir(dir)))
		if ((pid = (pid_t)strtol(entry->d_name, NULL, 10)) > 0)
			look(f, pid);
	if (dir)
		closedir(dir);
}

/* Events. */

static bool is_filtered(struct forks *f, pid_t pid)
{
	struct process *p = find(f, pid);

	if (!p)
		return false;
	p->filtered = p->filtered ||
		process_status(pid, "Seccomp") == 2;
	return p->filtered;
}

/*
 * Finds out by its parent whether an ended process is a member. If the parent
 * is under a filter and not a member, its children are not members either: it
 * is a service. A service manager, which moves children to other cgroups, is
 * under no filter.
 */
static int infer(struct forks *f, pid_t parent)
{
	int holds = look(f, parent);
	struct process *p = find(f, parent);

	if (holds < 0 && p)
		holds = p->holds;
	return holds || is_filtered(f, parent) ? holds : -1;
}

/*
 * Handles a fork. With CLONE_PARENT, the kernel's parent is not the process
 * that forked.
 */
static void see_fork(struct forks *f, pid_t parent, pid_t child)
{
	struct process *p, *c;
	int holds;

	drop(&f->live, child);	/* another process had this id before */
	drop(&f->ended, child);
	p = find(f, parent);
	holds = p && p->holds == 1 ? 1 : look(f, child);
	c = remember(f, child, holds >= 0 ? holds : infer(f, parent));
	p = find(f, parent);
	c->parent = parent;
	c->filtered = p && p->filtered;
}

/*
 * Handles an exec. A manager moves a process before its exec, so the membership
 * is looked up again.
 */
static void see_exec(struct forks *f, pid_t pid)
{
	struct process *p;

	if (look(f, pid) >= 0)
		return;
	p = find(f, pid);
	if (p && !p->holds && !p->filtered && !is_filtered(f, p->parent))
		p->holds = -1;
}

static void see_exit(struct forks *f, pid_t pid)
{
	struct process *p;

	HASH_FIND(hh, f->live, &pid, sizeof(pid), p);
	if (!p)
		return;
	HASH_DEL(f->live, p);
	if (HASH_COUNT(f->ended) >= ENDED_MAX)
		drop(&f->ended, f->ended->pid);
	HASH_ADD(hh, f->ended, pid, sizeof(pid), p);
}

/* Handles an event of a process. Events of threads are ignored. */
static void see_event(struct forks *f, const struct proc_event *e)
{
	const struct fork_proc_event *fork = &e->event_data.fork;
	const struct exec_proc_event *exec = &e->event_data.exec;
	const struct exit_proc_event *exit = &e->event_data.exit;

	switch ((uint32_t)e->what) {
	case PROC_EVENT_NONE:
		f->answered = true;
		f->answer = e->event_data.ack.err;
		break;
	case PROC_EVENT_FORK:
		if (fork->child_pid == fork->child_tgid)
			see_fork(f, fork->parent_tgid, fork->child_tgid);
		break;
	case PROC_EVENT_EXEC:
		see_exec(f, exec->process_tgid);
		break;
	case PROC_EVENT_EXIT:
		if (exit->process_pid == exit->process_tgid)
			see_exit(f, exit->process_tgid);
		break;
	}
}

/*
 * Forgets live processes after a loss of events: their ids may be those of
 * other processes now.
 */
static void see_missed(struct forks *f)
{
	f->missed++;
	forget(&f->live);
	forget(&f->ended);
	look_at_all(f);
}

struct message {
	struct nlmsghdr header;
	struct cn_msg connector;	/* without its data */
	char data[sizeof(struct proc_event)];
} __attribute__((packed));

/*
 * Whether the answer is for our request. Every listener gets the answers for
 * all listeners.
 */
static bool is_ours(const struct forks *f, const struct message *m, ssize_t n)
{
	enum { DATA = offsetof(struct message, data) };
	uint32_t what;

	if (m->connector.id.idx != CN_IDX_PROC ||
	    n < DATA + (ssize_t)offsetof(struct proc_event, event_data))
		return false;
	memcpy(&what, m->data, sizeof(what));
	return what != PROC_EVENT_NONE || m->connector.ack == f->ack + 1;
}

/* Returns false if there is no message. */
static bool next_event(struct forks *f, struct proc_event *e)
{
	struct sockaddr_nl from = { 0 };
	socklen_t size;
	struct message m;
	ssize_t n;

	for (;;) {
		size = sizeof(from);
		n = recvfrom(f->fd, &m, sizeof(m), MSG_DONTWAIT,
			     (struct sockaddr *)&from, &size);
		if (n < 0 && errno == ENOBUFS)
			see_missed(f);
		else if (n < 0)
			return false;
		else if (!from.nl_pid && is_ours(f, &m, n))
			break;
	}
	*e = (struct proc_event){ 0 };
	memcpy(e, m.data, n - offsetof(struct message, data));
	return true;
}

/*
 * Takes the events that were queued until now, and no later ones, so that it
 * ends. The time of an event is set before it is queued.
 */
void forks_take(struct forks *f)
{
	uint64_t start_ns = now_ns();
	struct proc_event e;

	while (f->fd >= 0 && next_event(f, &e)) {
		see_event(f, &e);
		if (e.timestamp_ns > start_ns)
			break;
	}
}

/* The connector's socket. */

static bool send_operation(const struct forks *f,
			   enum proc_cn_mcast_op operation)
{
	struct message m = {
		.header = {
			.nlmsg_len = offsetof(struct message, data) +
				sizeof(operation),
			.nlmsg_type = NLMSG_DONE,
		},
		.connector = {
			.id = { CN_IDX_PROC, CN_VAL_PROC },
			.ack = f->ack,
			.len = sizeof(operation),
		},
	};

	memcpy(m.data, &operation, sizeof(operation));
	return send(f->fd, &m, m.header.nlmsg_len, 0) ==
		(ssize_t)m.header.nlmsg_len;
}

/* Waits for the answer to our request. Without a connector, none comes. */
static bool wait_for_answer(struct forks *f)
{
	uint64_t end_ns = now_ns() + ANSWER_MS * 1000000ULL;
	struct pollfd p = { .fd = f->fd, .events = POLLIN };

	while (!f->answered && now_ns() < end_ns) {
		poll(&p, 1, ANSWER_MS / 10);
		forks_take(f);
	}
	errno = f->answered ? (int)f->answer : EOPNOTSUPP;
	return f->answered && !f->answer;
}

static bool connect_to_kernel(struct forks *f)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC,
	};
	int size = RECEIVE_BYTES;

	f->fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC,
		       NETLINK_CONNECTOR);
	if (f->fd < 0)
		return false;
	setsockopt(f->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return !bind(f->fd, (struct sockaddr *)&address, sizeof(address)) &&
		send_operation(f, PROC_CN_MCAST_LISTEN) &&
		wait_for_answer(f);
}

struct forks *forks_open(bool (*is)(const char *name, const char *arg),
			 const char *cgroup)
{
	struct forks *f = xcalloc(1, sizeof(*f));

	f->is = is;
	f->cgroup = cgroup;
	f->ack = getpid();
	if (connect_to_kernel(f)) {
		look_at_all(f);
		return f;
	}
	f->error = errno;
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	return f;
}

void forks_close(struct forks *f)
{
	if (!f)
		return;
	if (f->fd >= 0) {
		send_operation(f, PROC_CN_MCAST_IGNORE);
		close(f->fd);
	}
	forget(&f->live);
	forget(&f->ended);
	free(f);
}

int forks_fd(const struct forks *f)
{
	return f->fd;
}

int forks_holds(struct forks *f, pid_t pid)
{
	int holds;
	struct process *p;

	forks_take(f);
	holds = look(f, pid);
	if (holds >= 0)
		return holds;
	p = find(f, pid);
	return p ? p->holds : -1;
}

int forks_error(const struct forks *f)
{
	return f->error;
}

uint64_t forks_missed(const struct forks *f)
{
	return f->missed;
}
