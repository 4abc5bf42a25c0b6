/* SPDX-License-Identifier: Apache-2.0 */
#include "run/listener.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV	/* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/* Shared with the child, which can make no call after it has the filter. */
struct handover {
	/* number of the descriptor in the child; -1: not yet */
	_Atomic int fd;
	_Atomic int error;	/* errno of the load */
	_Atomic bool no_new_privs;
	_Atomic bool go;	/* the parent has the descriptor */
};

struct listener {
	const struct filter *filter;
	struct handover *shared;
	struct seccomp_notif_sizes sizes;
	struct seccomp_notif *buffer;	/* of the kernel's size */
	int fd;
};

static void *zeroed(uint16_t kernel_size, size_t size)
{
	return xcalloc(1, kernel_size > size ? kernel_size : size);
}

struct listener *listener_new(const struct filter *filter)
{
	struct listener *l = xcalloc(1, sizeof(*l));

	l->filter = filter;
	l->fd = -1;
	l->shared = mmap(NULL, sizeof(*l->shared), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (l->shared == MAP_FAILED ||
	    syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &l->sizes)) {
		message_error("cannot watch calls: %s", strerror(errno));
		listener_free(l);
		return NULL;
	}
	l->buffer = zeroed(l->sizes.seccomp_notif, sizeof(*l->buffer));
	atomic_store(&l->shared->fd, -1);
	return l;
}

void listener_free(struct listener *l)
{
	if (!l)
		return;
	if (l->shared != MAP_FAILED)
		munmap(l->shared, sizeof(*l->shared));
	if (l->fd >= 0)
		close(l->fd);
	free(l->buffer);
	free(l);
}

/* Load the older filters, the oldest first; none of them has a listener. */
static bool load_older(const struct filter *filter)
{
	struct sock_fprog program;

	if (!filter)
		return true;
	program = (struct sock_fprog){ filter->n, filter->code };
	return load_older(filter->older) &&
	       !syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

/*
 * A task whose call we have received waits for the answer even when a signal
 * comes, if the kernel can do that. Otherwise the call is made again after the
 * handler, and we get a second notification.
 */
static int load(const struct filter *filter)
{
	struct sock_fprog program = { filter->n, filter->code };
	unsigned int flags = SECCOMP_FILTER_FLAG_NEW_LISTENER |
			     SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	int fd;

	if (!load_older(filter->older))
		return -1;
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			     SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	return fd;
}

/* Without CAP_SYS_ADMIN the kernel requires no_new_privs (seccomp(2)). */
static int load_somehow(const struct filter *filter, bool *no_new_privs)
{
	int fd = load(filter);

	*no_new_privs = fd < 0 && errno == EACCES;
	if (*no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		fd = load(filter);
	return fd;
}

static void pause_cpu(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#else
	__asm__ volatile("" ::: "memory");
#endif
}

int listener_hook(void *arg)
{
	const struct listener *l = arg;
	struct handover *shared = l->shared;
	bool no_new_privs;
	int fd;

	/* pidfd_getfd(2) needs a dumpable process; execve sets that anew. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	fd = load_somehow(l->filter, &no_new_privs);
	if (fd < 0) {
		atomic_store(&shared->error, errno);
		return -errno;
	}
	atomic_store(&shared->no_new_privs, no_new_privs);
	atomic_store(&shared->fd, fd);
	for (uint64_t i = 0; !atomic_load(&shared->go); i++) {
		if (i >> 32)	/* after minutes: the parent is gone */
			__builtin_trap();
		pause_cpu();
	}
	return 0;
}

/* The descriptor's number in the child, or -1 if the child has failed. */
static int wait_for_hook(const struct listener *l,
			 const struct command_child *child)
{
	struct pollfd result = { .fd = child->result_fd, .events = POLLIN };
	int fd;

	while ((fd = atomic_load(&l->shared->fd)) < 0)
		if (poll(&result, 1, 1) > 0)
			return atomic_load(&l->shared->fd);
	return fd;
}

bool listener_take(struct listener *l, const struct command_child *child)
{
	int fd = wait_for_hook(l, child);

	if (fd < 0)
		return true;
	l->fd = syscall(SYS_pidfd_getfd, child->pidfd, fd, 0);
	if (l->fd < 0) {
		message_error("cannot take the listener from the child: %s",
			      strerror(errno));
		return false;
	}
	atomic_store(&l->shared->go, true);
	return true;
}

int listener_fd(const struct listener *l)
{
	return l->fd;
}

bool listener_no_new_privs(const struct listener *l)
{
	return atomic_load(&l->shared->no_new_privs);
}

bool listener_receive(struct listener *l, struct seccomp_notif *notification)
{
	memset(l->buffer, 0, l->sizes.seccomp_notif);
	if (ioctl(l->fd, SECCOMP_IOCTL_NOTIF_RECV, l->buffer))
		return false;
	*notification = *l->buffer;
	return true;
}

bool listener_is_valid(const struct listener *l, uint64_t id)
{
	return ioctl(l->fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

static bool answer(const struct listener *l,
		   const struct seccomp_notif_resp *response)
{
	struct seccomp_notif_resp *padded =
		zeroed(l->sizes.seccomp_notif_resp, sizeof(*padded));
	bool sent;

	*padded = *response;
	sent = ioctl(l->fd, SECCOMP_IOCTL_NOTIF_SEND, padded) == 0;
	free(padded);
	return sent;
}

bool listener_continue(const struct listener *l, uint64_t id)
{
	return answer(l, &(struct seccomp_notif_resp){
		.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE });
}

bool listener_deny(const struct listener *l, uint64_t id, int error)
{
	return answer(l, &(struct seccomp_notif_resp){
		.id = id, .error = -error });
}
