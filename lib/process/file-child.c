/* SPDX-License-Identifier: Apache-2.0 */
#include "process/file-child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limit.h"
#include "base/memory.h"

enum {
	MEMORY_MAX = 512 << 20,
	/* after this many failures, do not start another process */
	FAILURES_MAX = 3,
};

struct file_child {
	file_child_work *work;
	void *argument;
	pid_t pid;		/* 0: not running */
	int fd;
	unsigned int failures;
};

struct file_child *file_child_new(file_child_work *work, void *argument)
{
	struct file_child *child = xcalloc(1, sizeof(*child));

	child->work = work;
	child->argument = argument;
	child->fd = -1;
	return child;
}

/*
 * Gives up the process without waiting for its end. A process that sleeps in a
 * dead file system cannot even be killed.
 */
static void give_up(struct file_child *child)
{
	if (!child->pid)
		return;
	close(child->fd);
	child->fd = -1;
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, WNOHANG);
	child->pid = 0;
}

/*
 * Reaps the process, if it ends soon. Nobody else might do that: the first
 * process of a container often reaps only its own children.
 */
static void reap(pid_t pid)
{
	enum { END_MS = 50 };
	struct pollfd p = { .fd = syscall(SYS_pidfd_open, pid, 0),
			    .events = POLLIN };

	if (p.fd < 0)
		return;
	poll(&p, 1, END_MS);
	close(p.fd);
	waitpid(pid, NULL, WNOHANG);
}

void file_child_free(struct file_child *child)
{
	pid_t pid;

	if (!child)
		return;
	pid = child->pid;
	give_up(child);
	if (pid)
		reap(pid);
	free(child);
}

/* The process */

/*
 * Closes all descriptors except the socket, which becomes stdin: this process
 * may live longer than its parent, and must not keep pipes open.
 */
static void shed(int fd)
{
	int null = open("/dev/null", O_RDWR);

	dup2(fd, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	syscall(SYS_close_range, 3, UINT_MAX, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	limit_lower(RLIMIT_CORE, 0);
	limit_lower(RLIMIT_FSIZE, 0);
/* AddressSanitizer alone needs more than this limit. */
#ifndef __SANITIZE_ADDRESS__
	limit_lower(RLIMIT_DATA, MEMORY_MAX);
#endif
}

static _Noreturn void serve(struct file_child *child, int fd)
{
	static _Alignas(uint64_t) char request[FILE_CHILD_BYTES];
	static _Alignas(uint64_t) char answer[FILE_CHILD_BYTES];
	ssize_t n;

	shed(fd);
	memory_can_fail();	/* libelf(3) then returns an error */
	while ((n = recv(STDIN_FILENO, request, sizeof(request), 0)) > 0) {
		n = child->work(child->argument, request, n, answer);
		if (send(STDIN_FILENO, answer, n, MSG_NOSIGNAL) != n)
			break;
	}
	_exit(0);
}

static bool start(struct file_child *child)
{
	int fds[2];

	if (child->failures == FAILURES_MAX ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return false;
	child->pid = fork();
	if (!child->pid)
		serve(child, fds[1]);
	close(fds[1]);
	child->fd = fds[0];
	if (child->pid > 0)
		return true;
	child->pid = 0;
	close(fds[0]);
	return false;
}

/* Questions */

static int fail(struct file_child *child, int error)
{
	give_up(child);
	child->failures++;
	return error;
}

/* Whether the process has ended, and all its answers were read. */
static bool has_ended(const struct file_child *child)
{
	char byte;

	return !recv(child->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
}

void file_child_start(struct file_child *child)
{
	if (!child->pid)
		start(child);
}

bool file_child_send(struct file_child *child, const void *request,
		     size_t size)
{
	if (!child->pid && !start(child))
		return false;
	if (send(child->fd, request, size, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    (ssize_t)size)
		return true;
	if (has_ended(child))	/* the next request starts another process */
		fail(child, -EPIPE);
	return false;
}

bool file_child_is_given_up(const struct file_child *child)
{
	return child->failures == FAILURES_MAX;
}

/* Waits for an answer, or for the child's end. Signals do not end the wait. */
static bool wait_for_answer(const struct file_child *child, int milliseconds)
{
	struct pollfd fd = { .fd = child->fd, .events = POLLIN };
	uint64_t now = now_ns(), end = now + milliseconds * 1000000ULL;
	int n;

	do {
		n = poll(&fd, 1, (end - now) / 1000000);
		now = now_ns();
	} while (n < 0 && errno == EINTR && now < end);
	return n > 0;
}

int file_child_receive(struct file_child *child, void *answer, size_t size,
		       int milliseconds)
{
	ssize_t n;

	if (!child->pid)
		return -ESRCH;
	if (!wait_for_answer(child, milliseconds))
		return milliseconds ? fail(child, -ETIMEDOUT) : -EAGAIN;
	n = recv(child->fd, answer, size, MSG_DONTWAIT | MSG_TRUNC);
	return n > 0 ? n : fail(child, -EPIPE);
}

bool file_child_ask(struct file_child *child, const void *request,
		    size_t request_size, void *answer, size_t answer_size)
{
	return file_child_send(child, request, request_size) &&
		file_child_receive(child, answer, answer_size,
				   FILE_CHILD_MS) == (int)answer_size;
}
