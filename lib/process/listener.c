/* SPDX-License-Identifier: Apache-2.0 */
#include "process/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "process/descriptor.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV	/* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/*
 * Memory shared with the child: the child can make no call once it has the
 * filter. Behind this struct is the notification, which the guardian shares,
 * too.
 */
struct handover {
	/* the child's number of the descriptor; -1: not yet known */
	_Atomic int fd;
	_Atomic int error;	/* errno of the load */
	_Atomic bool no_new_privs;
	_Atomic bool go;	/* set when the parent has the descriptor */
	_Atomic pid_t sender;	/* 0: none */
	/*
	 * The parent holds this robust mutex. When the parent ends, even by
	 * SIGKILL, the kernel marks the mutex, and the child sees that without
	 * a call.
	 */
	pthread_mutex_t parent;
};

enum { SHARED_HEAD = 128 };	/* bytes reserved for struct handover */
_Static_assert(sizeof(struct handover) <= SHARED_HEAD, "room");

struct listener {
	const struct filter *filter;
	struct handover *shared;
	struct seccomp_notif_sizes sizes;
	/* of the kernel's size, in shared memory */
	struct seccomp_notif *buffer;
	/* of the kernel's size, not shared */
	struct seccomp_notif_resp *response;
	size_t shared_size;
	int fd;
	/* our end and the sender's; -1 if pidfd_getfd(2) is used */
	int sockets[2];
	pid_t guardian;		/* 0: none */
	/* closing it tells the guardian that we have ended */
	int alive;
};

static void *zeroed(uint16_t kernel_size, size_t size)
{
	return xcalloc(1, kernel_size > size ? kernel_size : size);
}

/* Maps the shared memory: the hand-over, and behind it the notification. */
static bool map_shared(struct listener *l)
{
	size_t size = l->sizes.seccomp_notif > sizeof(*l->buffer) ?
		l->sizes.seccomp_notif : sizeof(*l->buffer);
	void *p;

	l->shared_size = SHARED_HEAD + size;
	p = mmap(NULL, l->shared_size, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return false;
	l->shared = p;
	l->buffer = (struct seccomp_notif *)((char *)p + SHARED_HEAD);
	return true;
}

static bool hold_mutex(struct handover *shared)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	errno = pthread_mutex_init(&shared->parent, &attributes);
	pthread_mutexattr_destroy(&attributes);
	if (errno)
		return false;
	errno = pthread_mutex_lock(&shared->parent);
	return !errno;
}

/* From scope 2 on, Yama denies pidfd_getfd(2) even for a child. */
static bool yama_denies(void)
{
	FILE *file = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	int scope = 0;

	if (!file)
		return false;
	if (fscanf(file, "%d", &scope) != 1)
		scope = 0;
	fclose(file);
	return scope > 1;
}

/*
 * Whether pidfd_getfd(2) is allowed: the filters of some container engines deny
 * it.
 */
static bool can_take(void)
{
	int self = syscall(SYS_pidfd_open, getpid(), 0), fd = -1;

	if (self >= 0)
		fd = syscall(SYS_pidfd_getfd, self, self, 0);
	if (self >= 0)
		close(self);
	if (fd < 0)
		return false;
	close(fd);
	return !yama_denies();
}

static bool open_sockets(struct listener *l)
{
	return can_take() ||
		!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			    l->sockets);
}

struct listener *listener_new(const struct filter *filter)
{
	struct listener *l = xcalloc(1, sizeof(*l));

	/*
	 * The command usually has our uid. This keeps it from tracing us or our
	 * other children, and from opening our files through /proc: ptrace(2).
	 */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	l->filter = filter;
	l->fd = l->alive = l->sockets[0] = l->sockets[1] = -1;
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &l->sizes) ||
	    !map_shared(l) || !hold_mutex(l->shared) || !open_sockets(l)) {
		message_error("cannot watch calls: %s", strerror(errno));
		listener_free(l);
		return NULL;
	}
	l->response = zeroed(l->sizes.seccomp_notif_resp,
			     sizeof(*l->response));
	atomic_store(&l->shared->fd, -1);
	return l;
}

/* The guardian ends now, or when the last task under the filter has ended. */
static void dismiss_guardian(struct listener *l)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	bool hung_up = poll(&p, 1, 0) > 0 && p.revents == POLLHUP;

	if (l->alive >= 0)
		close(l->alive);
	if (l->guardian)
		waitpid(l->guardian, NULL, hung_up ? 0 : WNOHANG);
}

static void close_sockets(struct listener *l)
{
	for (int i = 0; i < 2; i++) {
		if (l->sockets[i] >= 0)
			close(l->sockets[i]);
		l->sockets[i] = -1;
	}
}

void listener_free(struct listener *l)
{
	if (!l)
		return;
	dismiss_guardian(l);
	close_sockets(l);
	if (l->shared) {
		pthread_mutex_unlock(&l->shared->parent);
		munmap(l->shared, l->shared_size);
	}
	if (l->fd >= 0)
		close(l->fd);
	free(l->response);
	free(l);
}

/* Loads the older filters, the oldest first. None of them has a listener. */
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
 * With this flag of Linux 5.19, a task whose call we have received waits for
 * the answer even if a signal comes. Without it, the call is made again after
 * the signal handler, and we get a second notification.
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

/* The kernel requires no_new_privs, or CAP_SYS_ADMIN (seccomp(2)). */
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

static _Noreturn void send_listener(const struct listener *l)
{
	enum { TRIES = 300000 };
	const struct timespec pause = { .tv_nsec = 100000 };
	int fd = -1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < TRIES && fd < 0; i++) {
		fd = atomic_load(&l->shared->fd);
		if (atomic_load(&l->shared->error))
			_exit(1);
		if (fd < 0)
			nanosleep(&pause, NULL);
	}
	if (fd >= 0 && descriptor_send(l->sockets[1], fd))
		_exit(0);
	shutdown(l->sockets[1], SHUT_RDWR);
	_exit(1);
}

/*
 * Starts a process that sends the descriptor. The child cannot send it itself,
 * because nobody would answer the notification of that call. The sender shares
 * the child's descriptors, but starts before the child has the filter. It is a
 * child of our parent, like the child.
 */
static bool start_sender(const struct listener *l)
{
	long pid;

	if (l->sockets[1] < 0)
		return true;
	pid = syscall(SYS_clone, CLONE_FILES | CLONE_PARENT | SIGCHLD, 0, 0, 0,
		      0);
	if (!pid)
		send_listener(l);
	if (pid > 0)
		atomic_store(&l->shared->sender, pid);
	return pid > 0;
}

int listener_hook(void *arg)
{
	const struct listener *l = arg;
	struct handover *shared = l->shared;
	bool no_new_privs;
	int fd;

	/* pidfd_getfd(2) needs a dumpable process. execve resets this. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (!start_sender(l))
		return -errno;
	fd = load_somehow(l->filter, &no_new_privs);
	if (fd < 0) {
		atomic_store(&shared->error, errno);
		return -errno;
	}
	atomic_store(&shared->no_new_privs, no_new_privs);
	atomic_store(&shared->fd, fd);
	for (unsigned int i = 1; !atomic_load(&shared->go); i++) {
		if (i % 1024 == 0 &&
		    pthread_mutex_trylock(&shared->parent) != EBUSY)
			__builtin_trap();	/* the parent has ended */
		pause_cpu();
	}
	return 0;
}

/*
 * Waits until the child has its filter. Returns false if it failed before that.
 */
static bool wait_for_hook(const struct listener *l,
			  const struct command_child *child)
{
	struct pollfd result = { .fd = child->result_fd, .events = POLLIN };

	while (atomic_load(&l->shared->fd) < 0)
		if (poll(&result, 1, 1) > 0)
			return atomic_load(&l->shared->fd) >= 0;
	return true;
}

/*
 * Waits with a limit: if the sender is killed, the child still holds its end of
 * the socket open.
 */
static int take_from_sender(const struct listener *l)
{
	enum { PATIENCE_MS = 10000 };
	struct pollfd p = { .fd = l->sockets[0], .events = POLLIN };

	while (poll(&p, 1, PATIENCE_MS) < 0 && errno == EINTR)
		;
	return descriptor_receive(l->sockets[0]);
}

/* The child and the sender share descriptors until the sender has ended. */
static void end_sender(struct listener *l)
{
	pid_t pid = atomic_exchange(&l->shared->sender, 0);

	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	close_sockets(l);
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

static bool respond(const struct listener *l,
		    const struct seccomp_notif_resp *response)
{
	*l->response = *response;
	return ioctl(l->fd, SECCOMP_IOCTL_NOTIF_SEND, l->response) == 0;
}

bool listener_continue(const struct listener *l, uint64_t id)
{
	return respond(l, &(struct seccomp_notif_resp){
		.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE });
}

bool listener_deny(const struct listener *l, uint64_t id, int error)
{
	return respond(l, &(struct seccomp_notif_resp){
		.id = id, .error = -error });
}

static void answer_as_guardian(const struct listener *l, uint64_t id,
			       enum guardian_answer answer)
{
	if (answer == GUARDIAN_CONTINUES)
		listener_continue(l, id);
	else
		listener_deny(l, id, ENOSYS);
}

/* Answers every call, until no task remains. */
static void answer_all(struct listener *l, enum guardian_answer answer)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	struct seccomp_notif n;

	/*
	 * This is the last call that was received. It may have no answer yet.
	 */
	answer_as_guardian(l, l->buffer->id, answer);
	while (poll(&p, 1, -1) > 0 && p.revents & POLLIN)
		if (listener_receive(l, &n))
			answer_as_guardian(l, n.id, answer);
}

static void close_others(int low, int high)
{
	if (low)
		syscall(SYS_close_range, 0, low - 1, 0);
	syscall(SYS_close_range, low + 1, high - 1, 0);
	syscall(SYS_close_range, high + 1, ~0U, 0);
}

/*
 * The guardian must not keep pipes open, so it closes everything it does not
 * need. The command, which often has our uid, cannot trace it.
 */
static _Noreturn void guard(struct listener *l, int parent,
			    enum guardian_answer answer)
{
	char byte;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setsid();
	if (chdir("/"))
		_exit(1);
	if (l->fd < parent)
		close_others(l->fd, parent);
	else
		close_others(parent, l->fd);
	while (read(parent, &byte, 1) < 0 && errno == EINTR)
		;
	answer_all(l, answer);
	_exit(0);
}

static bool start_guardian(struct listener *l, enum guardian_answer answer)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return false;
	l->guardian = fork();
	if (!l->guardian)
		guard(l, fds[0], answer);
	close(fds[0]);
	l->alive = fds[1];
	if (l->guardian > 0)
		return true;
	l->guardian = 0;
	return false;
}

static bool take(struct listener *l, const struct command_child *child)
{
	int fd = atomic_load(&l->shared->fd);

	l->fd = l->sockets[0] >= 0 ? take_from_sender(l) :
		(int)syscall(SYS_pidfd_getfd, child->pidfd, fd, 0);
	if (l->fd < 0)
		message_error("cannot take the listener from the child: %s",
			      strerror(errno));
	return l->fd >= 0;
}

bool listener_take(struct listener *l, const struct command_child *child,
		   enum guardian_answer answer)
{
	bool loaded = wait_for_hook(l, child);
	bool ok = !loaded || take(l, child);

	end_sender(l);
	if (!loaded || !ok)
		return ok;
	/*
	 * The guardian is started first: the child has the listener open until
	 * its execve, and if the parent were killed now, nobody would ever
	 * answer that execve.
	 */
	ok = start_guardian(l, answer);
	if (!ok)
		message_error("cannot start the guardian of the command: %s",
			      strerror(errno));
	atomic_store(&l->shared->go, ok);
	return ok;
}
