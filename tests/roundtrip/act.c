/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: act NAME [ARGUMENT...]
 *
 * Performs one act, for the table. Prints "done" and exits with 0, or prints
 * what failed and exits with 1.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <linux/userfaultfd.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

/*
 * Evaluates to the result of a call. If the call fails, exits and prints the
 * call and the error.
 */
#define CHECK(call) checked((long)(call), #call)

static long checked(long result, const char *call)
{
	if (result < 0)
		err(1, "%.*s", (int)strcspn(call, "("), call);
	return result;
}

static const char content[] = "content\n";

static void put(int fd)
{
	CHECK(write(fd, content, strlen(content)));
}

/* --- files ---------------------------------------------------------------- */

static void act_read(char **arg)
{
	char buffer[64];

	CHECK(read(CHECK(open(arg[0], O_RDONLY)), buffer, sizeof(buffer)));
}

static void act_create(char **arg)
{
	put(CHECK(open(arg[0], O_CREAT | O_WRONLY, 0644)));
}

static void act_append(char **arg)
{
	put(CHECK(open(arg[0], O_CREAT | O_WRONLY | O_APPEND, 0644)));
}

static void act_exclusive(char **arg)
{
	put(CHECK(open(arg[0], O_CREAT | O_EXCL | O_WRONLY, 0644)));
	CHECK(unlink(arg[0]));
}

static void act_update(char **arg)
{
	put(CHECK(open(arg[0], O_RDWR)));
}

static void act_tmpfile(char **arg)
{
	put(CHECK(open(arg[0], O_TMPFILE | O_RDWR | O_EXCL, 0600)));
}

/* Links a file that was created without a name. */
static void act_tmpfile_name(char **arg)
{
	int fd = CHECK(open(arg[0], O_TMPFILE | O_WRONLY, 0600));
	char self[32];

	put(fd);
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	CHECK(linkat(AT_FDCWD, self, AT_FDCWD, arg[1], AT_SYMLINK_FOLLOW));
}

static void act_rename(char **arg)
{
	CHECK(rename(arg[0], arg[1]));
}

static void act_exchange(char **arg)
{
	CHECK(renameat2(AT_FDCWD, arg[0], AT_FDCWD, arg[1], RENAME_EXCHANGE));
}

static void act_link(char **arg)
{
	CHECK(link(arg[0], arg[1]));
}

static void act_symlink(char **arg)
{
	CHECK(symlink(arg[0], arg[1]));
}

/* Creates several files: a single name could look like a fixed name. */
static void act_mkstemp(char **arg)
{
	char name[256];

	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s/file.XXXXXX", arg[0]);
		put(CHECK(mkstemp(name)));
	}
}

static void act_mkdtemp(char **arg)
{
	char name[256];

	snprintf(name, sizeof(name), "%s/dir.XXXXXX", arg[0]);
	if (!mkdtemp(name))
		err(1, "mkdtemp");
	CHECK(chdir(name));
	put(CHECK(open("file", O_CREAT | O_WRONLY, 0600)));
	CHECK(unlink("file"));
	CHECK(rmdir(name));
}

/* Saves as editors and services do: a new file replaces the old file. */
static void act_save(char **arg)
{
	char name[256];

	snprintf(name, sizeof(name), "%s.XXXXXX", arg[0]);
	put(CHECK(mkstemp(name)));
	CHECK(rename(name, arg[0]));
}

static void act_flock(char **arg)
{
	CHECK(flock(CHECK(open(arg[0], O_RDONLY)), LOCK_EX));
}

static void act_fcntl_lock(char **arg)
{
	struct flock lock = { .l_type = F_WRLCK };

	CHECK(fcntl(CHECK(open(arg[0], O_RDWR)), F_SETLK, &lock));
}

static void act_truncate(char **arg)
{
	CHECK(truncate(arg[0], 3));
}

static void act_ftruncate(char **arg)
{
	CHECK(ftruncate(CHECK(open(arg[0], O_WRONLY)), 3));
}

static void act_open_trunc(char **arg)
{
	put(CHECK(open(arg[0], O_WRONLY | O_TRUNC)));
}

static void act_chmod(char **arg)
{
	CHECK(chmod(arg[0], 0640));
}

static void act_fchmod(char **arg)
{
	CHECK(fchmod(CHECK(open(arg[0], O_RDONLY)), 0640));
}

static void act_chown(char **arg)
{
	CHECK(chown(arg[0], 12, 34));
}

static void act_utimes(char **arg)
{
	CHECK(utimensat(AT_FDCWD, arg[0], NULL, 0));
}

static void act_xattr(char **arg)
{
	CHECK(setxattr(arg[0], "trusted.sandprint", "x", 1, 0));
}

static void act_mkfifo(char **arg)
{
	CHECK(mkfifo(arg[0], 0600));
	put(CHECK(open(arg[0], O_RDWR)));
}

static void act_mknod(char **arg)
{
	CHECK(mknod(arg[0], S_IFCHR | 0600, makedev(1, 3)));
}

static void act_unlink(char **arg)
{
	CHECK(unlink(arg[0]));
}

static void act_rmdir(char **arg)
{
	CHECK(rmdir(arg[0]));
}

/* Uses names relative to a directory that is open with O_PATH. */
static void act_openat(char **arg)
{
	int dir = CHECK(open(arg[0], O_PATH | O_DIRECTORY));

	put(CHECK(openat(dir, "relative", O_CREAT | O_WRONLY, 0644)));
	CHECK(mkdirat(dir, "made", 0755));
	CHECK(unlinkat(dir, "made", AT_REMOVEDIR));
}

static void act_inotify(char **arg)
{
	CHECK(inotify_add_watch(CHECK(inotify_init1(0)), arg[0], IN_CREATE));
}

static void act_mmap_shared(char **arg)
{
	int fd = CHECK(open(arg[0], O_RDWR));
	char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		err(1, "mmap");
	at[0] = 'C';
}

static void act_copy_range(char **arg)
{
	int from = CHECK(open(arg[0], O_RDONLY));
	int to = CHECK(open(arg[1], O_WRONLY | O_CREAT, 0600));

	CHECK(copy_file_range(from, NULL, to, NULL, 4, 0));
	CHECK(sendfile(to, from, NULL, 2));
	CHECK(fallocate(to, 0, 0, 8192));
}

/* Opens names, of which only the last one exists. */
static void act_search(char **arg)
{
	for (; arg[1]; arg++)
		if (!open(arg[0], O_RDONLY))
			err(1, "open");
	CHECK(open(arg[0], O_RDONLY));
}

static void act_pidfile(char **arg)
{
	int fd = CHECK(open(arg[0], O_CREAT | O_RDWR | O_CLOEXEC, 0644));
	struct flock lock = { .l_type = F_WRLCK };

	CHECK(fcntl(fd, F_SETLK, &lock));
	CHECK(ftruncate(fd, 0));
	put(fd);
	CHECK(unlink(arg[0]));
}

static void act_shm(char **arg)
{
	int fd = CHECK(shm_open(arg[0], O_CREAT | O_RDWR, 0600));

	CHECK(ftruncate(fd, 4096));
	CHECK(shm_unlink(arg[0]));
}

static void act_sem(char **arg)
{
	sem_t *sem = sem_open(arg[0], O_CREAT, 0600, 1);

	if (sem == SEM_FAILED)
		err(1, "sem_open");
	CHECK(sem_wait(sem));
	CHECK(sem_unlink(arg[0]));
}

static void act_pty(char **arg)
{
	int fd = CHECK(posix_openpt(O_RDWR | O_NOCTTY));

	(void)arg;
	CHECK(grantpt(fd));
	CHECK(unlockpt(fd));
	CHECK(open(ptsname(fd), O_RDWR | O_NOCTTY));
}

/* Reads a file, and writes the same content to it. */
static void act_rewrite(char **arg)
{
	char buffer[256];
	size_t n = CHECK(read(CHECK(open(arg[0], O_RDONLY)), buffer,
			      sizeof(buffer)));

	CHECK(write(CHECK(open(arg[0], O_WRONLY)), buffer, n));
}

static void *create(void *name)
{
	put(CHECK(open(name, O_CREAT | O_WRONLY, 0644)));
	return NULL;
}

/*
 * Whether pthread_join() has to wait depends on the scheduler, so this always
 * calls futex(2).
 */
static void act_thread(char **arg)
{
	pthread_t thread;
	int word = 0;

	CHECK(syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0));
	errno = pthread_create(&thread, NULL, create, arg[0]);
	CHECK(-errno);
	pthread_join(thread, NULL);
}

static int uring_call(int fd, unsigned to_submit, unsigned flags)
{
	return syscall(SYS_io_uring_enter, fd, to_submit, to_submit, flags,
		       NULL, 0);
}

/* Reads a file with io_uring. */
static void act_uring(char **arg)
{
	struct io_uring_params p = { 0 };
	int fd = CHECK(syscall(SYS_io_uring_setup, 1, &p));
	char *sq = mmap(NULL, 4096, 3, MAP_SHARED, fd, IORING_OFF_SQ_RING);
	char *cq = mmap(NULL, 4096, 3, MAP_SHARED, fd, IORING_OFF_CQ_RING);
	struct io_uring_sqe *sqe = mmap(NULL, 4096, 3, MAP_SHARED, fd,
					IORING_OFF_SQES);
	struct io_uring_cqe *cqe;

	if (sq == MAP_FAILED || cq == MAP_FAILED || sqe == MAP_FAILED)
		err(1, "mmap");
	*sqe = (struct io_uring_sqe){ .opcode = IORING_OP_OPENAT,
		.fd = AT_FDCWD, .addr = (uintptr_t)arg[0] };
	++*(unsigned *)(sq + p.sq_off.tail);
	CHECK(uring_call(fd, 1, IORING_ENTER_GETEVENTS));
	cqe = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	errno = cqe->res < 0 ? -cqe->res : 0;
	CHECK(cqe->res);
}

/* --- sockets -------------------------------------------------------------- */

/*
 * Makes the address of a path, or of an abstract name after '@'. Returns its
 * length.
 */
static socklen_t unix_address(struct sockaddr_un *at, const char *name)
{
	size_t n = strlen(name);

	memset(at, 0, sizeof(*at));
	at->sun_family = AF_UNIX;
	memcpy(at->sun_path, name, n < 107 ? n : 107);
	if (name[0] == '@')
		at->sun_path[0] = 0;
	return offsetof(struct sockaddr_un, sun_path) + n;
}

static int unix_socket(const char *name, int type,
		       int (*do_it)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_un at;
	socklen_t n = unix_address(&at, name);
	int fd = CHECK(socket(AF_UNIX, type, 0));

	if (do_it(fd, (struct sockaddr *)&at, n))
		err(1, "%s: %s", do_it == bind ? "bind" : "connect", name);
	return fd;
}

static void answer_one(int listening)
{
	put(CHECK(accept(listening, NULL, NULL)));
}

/* Answers one client on a Unix socket. */
static void act_unix_serve(char **arg)
{
	int fd = unix_socket(arg[0], SOCK_STREAM, bind);

	CHECK(listen(fd, 1));
	answer_one(fd);
}

static void act_unix_ask(char **arg)
{
	char buffer[64];

	CHECK(read(unix_socket(arg[0], SOCK_STREAM, connect), buffer,
		   sizeof(buffer)));
}

static void act_unix_send(char **arg)
{
	put(unix_socket(arg[0], SOCK_DGRAM, connect));
}

/* Connects to its own Unix socket. */
static void act_unix_own(char **arg)
{
	int fd = unix_socket(arg[0], SOCK_STREAM, bind);
	char buffer[64];
	int client;

	CHECK(listen(fd, 1));
	client = unix_socket(arg[0], SOCK_STREAM, connect);
	answer_one(fd);
	CHECK(read(client, buffer, sizeof(buffer)));
}

static struct sockaddr_in inet_address(const char *port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static int inet_socket(const char *port, int type,
		       int (*do_it)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_in at = inet_address(port);
	int fd = CHECK(socket(AF_INET, type, 0)), one = 1;

	CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	if (do_it(fd, (struct sockaddr *)&at, sizeof(at)))
		err(1, "%s: port %s", do_it == bind ? "bind" : "connect", port);
	return fd;
}

static void act_tcp_serve(char **arg)
{
	int fd = inet_socket(arg[0], SOCK_STREAM, bind);

	CHECK(listen(fd, 1));
	answer_one(fd);
}

static void act_tcp_listen(char **arg)
{
	CHECK(listen(inet_socket(arg[0], SOCK_STREAM, bind), 1));
}

static void act_tcp_ask(char **arg)
{
	char buffer[64];

	CHECK(read(inet_socket(arg[0], SOCK_STREAM, connect), buffer,
		   sizeof(buffer)));
}

/* Connects to its own port, which the kernel chose in bind(2) or listen(2). */
static void tcp_chosen(int fd)
{
	struct sockaddr_in at;
	socklen_t n = sizeof(at);
	int client = CHECK(socket(AF_INET, SOCK_STREAM, 0));

	CHECK(listen(fd, 1));
	CHECK(getsockname(fd, (struct sockaddr *)&at, &n));
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(connect(client, (struct sockaddr *)&at, n));
	answer_one(fd);
}

static void act_tcp_chosen(char **arg)
{
	(void)arg;
	tcp_chosen(inet_socket("0", SOCK_STREAM, bind));
}

static void act_tcp_unbound(char **arg)
{
	(void)arg;
	tcp_chosen(CHECK(socket(AF_INET, SOCK_STREAM, 0)));
}

static void act_udp(char **arg)
{
	struct sockaddr_in at = inet_address(arg[0]);
	int fd = inet_socket(arg[0], SOCK_DGRAM, bind);

	CHECK(sendto(fd, "x", 1, 0, (struct sockaddr *)&at, sizeof(at)));
}

static void act_tcp6(char **arg)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6,
		.sin6_port = htons(atoi(arg[0])),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = CHECK(socket(AF_INET6, SOCK_STREAM, 0)), one = 1;

	CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	CHECK(bind(fd, (struct sockaddr *)&at, sizeof(at)));
	CHECK(listen(fd, 1));
}

static void act_socket(char **arg)
{
	CHECK(socket(atoi(arg[0]), atoi(arg[1]), 0));
}

/* Sends a message as sd_notify(3) does. */
static void notify(const char *text)
{
	const char *name = getenv("NOTIFY_SOCKET");
	int fd;

	if (!name)
		errx(1, "no NOTIFY_SOCKET");
	fd = unix_socket(name, SOCK_DGRAM, connect);
	CHECK(write(fd, text, strlen(text)));
}

static void act_notify(char **arg)
{
	(void)arg;
	notify("READY=1");
	notify("STATUS=works\nSTOPPING=1");
}

/* --- programs ------------------------------------------------------------- */

static void run(char **argv)
{
	int status;
	pid_t pid = CHECK(fork());

	if (!pid) {
		execv(argv[0], argv);
		err(1, "execv: %s", argv[0]);
	}
	CHECK(waitpid(pid, &status, 0));
	if (status)
		errx(1, "%s: status %d", argv[0], status);
}

static void act_exec(char **arg)
{
	run(arg);
}

static void act_fexecve(char **arg)
{
	int fd = CHECK(open(arg[0], O_RDONLY | O_CLOEXEC));

	fflush(stdout);
	CHECK(syscall(SYS_execveat, fd, "", arg, environ, AT_EMPTY_PATH));
}

/* Executes a program from memory, which has no name in the file system. */
static void act_memfd(char **arg)
{
	int from = CHECK(open(arg[0], O_RDONLY));
	int fd = CHECK(memfd_create("program", 0));

	while (CHECK(sendfile(fd, from, NULL, 1 << 20)))
		;
	CHECK(syscall(SYS_execveat, fd, "", arg, environ, AT_EMPTY_PATH));
}

static void act_dlopen(char **arg)
{
	if (!dlopen(arg[0], RTLD_NOW))
		errx(1, "%s", dlerror());
}

/* Forks twice, and writes after its parent has ended. */
static void act_daemon(char **arg)
{
	int ends[2];
	char byte;

	CHECK(pipe(ends));
	if (!CHECK(fork())) {
		CHECK(setsid());
		if (CHECK(fork()))
			_exit(0);
		CHECK(chdir("/"));
		umask(022);
		put(CHECK(open(arg[0], O_CREAT | O_WRONLY, 0644)));
		_exit(write(ends[1], "", 1) != 1);
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		errx(1, "the daemon failed");
	wait(NULL);
}

/* Waits for SIGTERM. At SIGHUP, opens its file again. */
static void act_wait(char **arg)
{
	sigset_t set;
	int n;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (getenv("NOTIFY_SOCKET"))
		notify("READY=1");
	do {
		put(CHECK(open(arg[0], O_CREAT | O_WRONLY | O_APPEND, 0644)));
		CHECK(sigwait(&set, &n));
	} while (n != SIGTERM);
}

/* Starts as old services do: the pid is in a file before the parent ends. */
static void act_forking(char **arg)
{
	int ends[2];
	char byte;

	CHECK(pipe(ends));
	if (CHECK(fork())) {
		close(ends[1]);
		if (read(ends[0], &byte, 1) != 1)
			errx(1, "the daemon failed");
		return;
	}
	CHECK(setsid());
	CHECK(dprintf(CHECK(open(arg[0], O_CREAT | O_WRONLY, 0644)), "%d\n",
		      getpid()));
	CHECK(write(ends[1], "", 1));
	act_wait(arg + 1);
	CHECK(unlink(arg[0]));
}

static void act_bind_mount(char **arg)
{
	CHECK(unshare(CLONE_NEWNS));
	CHECK(mount("", "/", "", MS_REC | MS_PRIVATE, NULL));
	CHECK(mount(arg[0], arg[1], "", MS_BIND, NULL));
	CHECK(chdir(arg[1]));
	put(CHECK(open("below", O_CREAT | O_WRONLY, 0644)));
}

static void act_tmpfs(char **arg)
{
	CHECK(unshare(CLONE_NEWNS));
	CHECK(mount("", "/", "", MS_REC | MS_PRIVATE, NULL));
	CHECK(mount("mine", arg[0], "tmpfs", 0, "size=64k"));
	CHECK(chdir(arg[0]));
	put(CHECK(open("file", O_CREAT | O_WRONLY, 0644)));
	CHECK(chdir("/"));
	CHECK(umount2(arg[0], MNT_DETACH));
}

static void act_chroot(char **arg)
{
	CHECK(chroot(arg[0]));
	CHECK(chdir("/"));
	put(CHECK(open("/inside", O_CREAT | O_WRONLY, 0644)));
}

static void act_userns(char **arg)
{
	(void)arg;
	CHECK(unshare(CLONE_NEWUSER));
	CHECK(unshare(CLONE_NEWNS));
}

static void act_setuid(char **arg)
{
	CHECK(setgid(65534));
	CHECK(setuid(65534));
	put(CHECK(open(arg[0], O_CREAT | O_WRONLY, 0644)));
}

static void act_exec_memory(char **arg)
{
	(void)arg;
	if (mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		err(1, "mmap");
}

static void act_personality(char **arg)
{
	CHECK(personality(strtoul(arg[0], NULL, 0)));
}

static void act_mq(char **arg)
{
	CHECK(mq_open(arg[0], O_CREAT | O_RDWR, 0600, NULL));
	CHECK(mq_unlink(arg[0]));
}

/*
 * --- acts of services
 * ---------------------------------------------------------
 */

static void read_some(int fd)
{
	char buffer[64];

	CHECK(read(fd, buffer, sizeof(buffer)));
}

/* Asks for the credentials of a client of its Unix socket. */
static void act_peer_credentials(char **arg)
{
	int fd = unix_socket(arg[0], SOCK_STREAM, bind), client;
	struct ucred peer;
	socklen_t n = sizeof(peer);

	CHECK(listen(fd, 1));
	client = unix_socket(arg[0], SOCK_STREAM, connect);
	CHECK(getsockopt(CHECK(accept(fd, NULL, NULL)), SOL_SOCKET,
			 SO_PEERCRED, &peer, &n));
	put(client);
}

/* Sends a datagram from a socket with a name, to which the answer is sent. */
static void act_datagram_reply(char **arg)
{
	int server = unix_socket(arg[0], SOCK_DGRAM, bind);
	int client = unix_socket(arg[1], SOCK_DGRAM, bind);
	struct sockaddr_un at;
	socklen_t n = unix_address(&at, arg[0]);
	char buffer[64];

	CHECK(sendto(client, "ask", 3, 0, (struct sockaddr *)&at, n));
	n = sizeof(at);
	CHECK(recvfrom(server, buffer, sizeof(buffer), 0,
		       (struct sockaddr *)&at, &n));
	CHECK(sendto(server, "answer", 6, 0, (struct sockaddr *)&at, n));
	read_some(client);
}

static void send_descriptor(int to, int fd)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct iovec byte = { "x", 1 };
	struct msghdr m = { .msg_iov = &byte, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	CHECK(sendmsg(to, &m, 0));
}

static int receive_descriptor(int from)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char x;
	struct iovec byte = { &x, 1 };
	struct msghdr m = { .msg_iov = &byte, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control) };
	int fd;

	CHECK(recvmsg(from, &m, MSG_CMSG_CLOEXEC));
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

static void wait_for(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0));
	if (status)
		errx(1, "child: status %d", status);
}

/* Passes an open file to a child, which writes to it. */
static void act_pass_descriptor(char **arg)
{
	int pair[2];
	pid_t pid;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pid = CHECK(fork());
	if (!pid) {
		CHECK(close(pair[0]));
		put(receive_descriptor(pair[1]));
		_exit(0);
	}
	send_descriptor(pair[0], CHECK(open(arg[0], O_RDWR)));
	wait_for(pid);
}

static void act_pidfd(char **arg)
{
	siginfo_t info;
	pid_t pid = CHECK(fork());
	int fd;

	(void)arg;
	if (!pid) {
		pause();
		_exit(0);
	}
	fd = CHECK(syscall(SYS_pidfd_open, pid, 0));
	CHECK(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
	CHECK(waitid(P_PIDFD, fd, &info, WEXITED));
}

/* Opens a file with O_PATH, and opens it again for writing through /proc. */
static void act_reopen(char **arg)
{
	char name[32];

	snprintf(name, sizeof(name), "/proc/self/fd/%ld",
		 CHECK(open(arg[0], O_PATH)));
	put(CHECK(open(name, O_WRONLY)));
}

/* Copies a file to a new file, which replaces the second file. */
static void act_publish(char **arg)
{
	char name[256];
	int from = CHECK(open(arg[0], O_RDONLY)), to;

	snprintf(name, sizeof(name), "%s.new", arg[1]);
	to = CHECK(open(name, O_CREAT | O_EXCL | O_WRONLY, 0644));
	CHECK(sendfile(to, from, NULL, 4096));
	CHECK(fsync(to));
	CHECK(rename(name, arg[1]));
}

static void act_fallocate(char **arg)
{
	int fd = CHECK(open(arg[0], O_CREAT | O_RDWR, 0644));

	CHECK(fallocate(fd, 0, 0, 65536));
	CHECK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
}

static void act_splice(char **arg)
{
	int from = CHECK(open(arg[0], O_RDONLY)), ends[2];
	int to = CHECK(open(arg[1], O_CREAT | O_WRONLY | O_TRUNC, 0644));

	CHECK(pipe(ends));
	CHECK(splice(from, NULL, ends[1], NULL, 4096, 0));
	CHECK(splice(ends[0], NULL, to, NULL, 4096, 0));
}

/* Writes as databases do: syncs records to the disk, and truncates the log. */
static void act_journal(char **arg)
{
	int fd = CHECK(open(arg[0], O_CREAT | O_RDWR | O_DSYNC, 0600));
	struct iovec parts[2] = { { "one ", 4 }, { "two\n", 4 } };
	char buffer[8];

	CHECK(pwritev(fd, parts, 2, 0));
	CHECK(fdatasync(fd));
	CHECK(pread(fd, buffer, sizeof(buffer), 0));
	CHECK(ftruncate(fd, 0));
}

static void act_lease(char **arg)
{
	int fd = CHECK(open(arg[0], O_RDONLY));

	CHECK(fcntl(fd, F_SETLEASE, F_RDLCK));
	CHECK(fcntl(fd, F_SETLEASE, F_UNLCK));
}

/* Uses links and names that are relative to a descriptor. */
static void act_below_descriptor(char **arg)
{
	int dir = CHECK(open(arg[0], O_RDONLY | O_DIRECTORY));
	char target[64];

	CHECK(symlinkat("target", dir, "link"));
	CHECK(readlinkat(dir, "link", target, sizeof(target)));
	CHECK(renameat(dir, "link", dir, "moved"));
	CHECK(fchdir(dir));
	CHECK(unlink("moved"));
}

static void act_event_loop(char **arg)
{
	int loop = CHECK(epoll_create1(EPOLL_CLOEXEC));
	int fd = CHECK(eventfd(1, EFD_NONBLOCK));
	int timer = CHECK(timerfd_create(CLOCK_MONOTONIC, 0));
	struct itimerspec soon = { .it_value = { 0, 1000000 } };
	struct epoll_event event = { .events = EPOLLIN };
	sigset_t set;

	(void)arg;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK(epoll_ctl(loop, EPOLL_CTL_ADD, signalfd(-1, &set, 0), &event));
	CHECK(epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event));
	CHECK(epoll_ctl(loop, EPOLL_CTL_ADD, timer, &event));
	CHECK(timerfd_settime(timer, 0, &soon, NULL));
	CHECK(epoll_wait(loop, &event, 1, 1000));
	read_some(fd);
	CHECK(epoll_wait(loop, &event, 1, 1000));
	read_some(timer);
}

static void act_userfaultfd(char **arg)
{
	struct uffdio_api api = { .api = UFFD_API };
	int fd = CHECK(syscall(SYS_userfaultfd, O_CLOEXEC));

	(void)arg;
	CHECK(ioctl(fd, UFFDIO_API, &api));
}

/* Reads a file in a child that Landlock confines to it. */
static void act_landlock_child(char **arg)
{
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE,
	};
	struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
	};
	pid_t pid = CHECK(fork());
	int set;

	if (pid) {
		wait_for(pid);
		return;
	}
	set = CHECK(syscall(SYS_landlock_create_ruleset, &attr, 8, 0));
	rule.parent_fd = CHECK(open(arg[0], O_PATH));
	CHECK(syscall(SYS_landlock_add_rule, set,
		      LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	CHECK(syscall(SYS_landlock_restrict_self, set, 0));
	read_some(CHECK(open(arg[0], O_RDONLY)));
	_exit(0);
}

/*
 * Mounts a file system in a child's own namespace, which ends with the child.
 */
static void act_child_namespace(char **arg)
{
	pid_t pid = CHECK(fork());

	if (pid) {
		wait_for(pid);
		return;
	}
	act_tmpfs(arg);
	_exit(0);
}

/* Executes /proc/self/exe. */
static void act_self_exec(char **arg)
{
	fflush(stdout);
	arg[-1] = "act";
	CHECK(execv("/proc/self/exe", arg - 1));
}

/* Stores a descriptor in systemd, for the next start of the service. */
static void act_keep_descriptor(char **arg)
{
	struct sockaddr_un at;
	const char *name = getenv("NOTIFY_SOCKET");
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	static char text[] = "FDSTORE=1\nFDNAME=kept";
	struct iovec part = { text, sizeof(text) - 1 };
	struct msghdr m = { .msg_name = &at, .msg_iov = &part,
		.msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control) };
	int fd = CHECK(memfd_create("kept", MFD_CLOEXEC));

	if (!name)
		errx(1, "no NOTIFY_SOCKET");
	m.msg_namelen = unix_address(&at, name);
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	CHECK(sendmsg(CHECK(socket(AF_UNIX, SOCK_DGRAM, 0)), &m, 0));
	notify("READY=1");
	act_append(arg);
}

/*
 * Creates a file as mkstemp(3) does, with random characters from /dev/urandom.
 */
static void act_temporary(char **arg)
{
	char characters[7] = "", name[256];

	CHECK(read(CHECK(open(arg[0], O_RDONLY)), characters, 6));
	snprintf(name, sizeof(name), "%s/file.%s", arg[1], characters);
	put(CHECK(open(name, O_RDWR | O_CREAT | O_EXCL, 0600)));
}

/* Creates a log, and gives it to the user that the service will become. */
static void act_owned_log(char **arg)
{
	int fd = CHECK(open(arg[0], O_CREAT | O_WRONLY | O_APPEND, 0600));

	CHECK(fchown(fd, 65534, 65534));
	CHECK(fchmod(fd, 0640));
	put(fd);
}

/* Passes on memory that is sealed against changes. */
static void act_sealed(char **arg)
{
	int fd = CHECK(memfd_create("sealed", MFD_ALLOW_SEALING));
	char name[32];

	(void)arg;
	put(fd);
	CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK));
	if (mmap(NULL, 4, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
		err(1, "mmap");
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	read_some(CHECK(open(name, O_RDONLY)));
}

static void act_sync_directory(char **arg)
{
	act_create(arg);
	CHECK(fsync(CHECK(open(arg[1], O_RDONLY | O_DIRECTORY))));
}

/* Reads the file that the previous run left, and writes it again. */
static void act_state(char **arg)
{
	int fd = open(arg[0], O_RDONLY);

	if (fd >= 0)
		read_some(fd);
	else if (errno != ENOENT)
		err(1, "open");
	put(CHECK(open(arg[0], O_CREAT | O_WRONLY | O_TRUNC, 0600)));
}

/* Removes the socket that the previous run left, and listens. */
static void act_stale_socket(char **arg)
{
	unlink(arg[0]);
	act_unix_own(arg);
}

/* Answers one client on a listening socket that it inherited. */
static void act_activated(char **arg)
{
	enum { LISTEN_FDS_START = 3 };

	(void)arg;
	answer_one(LISTEN_FDS_START);
}

/* Listens and executes the server, as a service manager does. */
static void act_activate(char **arg)
{
	static char *const serve[] = { "act", "activated", NULL };
	int fd = unix_socket(arg[0], SOCK_STREAM, bind);

	CHECK(listen(fd, 1));
	if (!CHECK(fork())) {
		CHECK(dup2(fd, 3));
		CHECK(execv("/proc/self/exe", serve));
	}
	read_some(unix_socket(arg[0], SOCK_STREAM, connect));
	wait(NULL);
}

/* Reads its configuration again after the file was replaced. */
static void act_watch_replaced(char **arg)
{
	int watch = CHECK(inotify_init1(IN_CLOEXEC));
	char event[512], name[256];

	CHECK(inotify_add_watch(watch, arg[0], IN_MOVED_TO));
	snprintf(name, sizeof(name), "%s/new", arg[0]);
	put(CHECK(open(name, O_CREAT | O_WRONLY, 0644)));
	CHECK(rename(name, arg[1]));
	CHECK(read(watch, event, sizeof(event)));
	read_some(CHECK(open(arg[1], O_RDONLY)));
}

/*
 * usage: act call NR [ARGUMENT...]: makes a call. Fails if a filter denies it.
 */
/* call-nolibc.c does the same without a C library. */
static void act_call(char **arg)
{
	long a[7] = { -1, -1, -1, -1, -1, -1, -1 };

	for (int i = 0; i < 7 && arg[i]; i++)
		a[i] = strtol(arg[i], NULL, 0);
	if (syscall(a[0], a[1], a[2], a[3], a[4], a[5], a[6]) < 0 &&
	    (errno == EPERM || errno == ENOSYS || errno == EAFNOSUPPORT))
		err(1, "call %ld", a[0]);
}

static const struct act {
	const char *name;
	void (*run)(char **arg);
} acts[] = {
	{ "activate", act_activate },
	{ "activated", act_activated },
	{ "append", act_append },
	{ "below-descriptor", act_below_descriptor },
	{ "bind-mount", act_bind_mount },
	{ "call", act_call },
	{ "child-namespace", act_child_namespace },
	{ "chmod", act_chmod },
	{ "chown", act_chown },
	{ "chroot", act_chroot },
	{ "copy-range", act_copy_range },
	{ "create", act_create },
	{ "daemon", act_daemon },
	{ "datagram-reply", act_datagram_reply },
	{ "dlopen", act_dlopen },
	{ "event-loop", act_event_loop },
	{ "exchange", act_exchange },
	{ "exclusive", act_exclusive },
	{ "exec", act_exec },
	{ "exec-memory", act_exec_memory },
	{ "fallocate", act_fallocate },
	{ "fchmod", act_fchmod },
	{ "fcntl-lock", act_fcntl_lock },
	{ "fexecve", act_fexecve },
	{ "flock", act_flock },
	{ "forking", act_forking },
	{ "ftruncate", act_ftruncate },
	{ "inotify", act_inotify },
	{ "journal", act_journal },
	{ "keep-descriptor", act_keep_descriptor },
	{ "landlock-child", act_landlock_child },
	{ "lease", act_lease },
	{ "link", act_link },
	{ "memfd", act_memfd },
	{ "mkdtemp", act_mkdtemp },
	{ "mkfifo", act_mkfifo },
	{ "mknod", act_mknod },
	{ "mkstemp", act_mkstemp },
	{ "mmap-shared", act_mmap_shared },
	{ "mq", act_mq },
	{ "notify", act_notify },
	{ "open-trunc", act_open_trunc },
	{ "openat", act_openat },
	{ "owned-log", act_owned_log },
	{ "pass-descriptor", act_pass_descriptor },
	{ "peer-credentials", act_peer_credentials },
	{ "personality", act_personality },
	{ "pidfd", act_pidfd },
	{ "pidfile", act_pidfile },
	{ "pty", act_pty },
	{ "publish", act_publish },
	{ "read", act_read },
	{ "rename", act_rename },
	{ "reopen", act_reopen },
	{ "rewrite", act_rewrite },
	{ "rmdir", act_rmdir },
	{ "save", act_save },
	{ "sealed", act_sealed },
	{ "search", act_search },
	{ "self-exec", act_self_exec },
	{ "sem", act_sem },
	{ "setuid", act_setuid },
	{ "shm", act_shm },
	{ "socket", act_socket },
	{ "splice", act_splice },
	{ "stale-socket", act_stale_socket },
	{ "state", act_state },
	{ "symlink", act_symlink },
	{ "sync-directory", act_sync_directory },
	{ "tcp-ask", act_tcp_ask },
	{ "tcp-chosen", act_tcp_chosen },
	{ "tcp-listen", act_tcp_listen },
	{ "tcp-serve", act_tcp_serve },
	{ "tcp-unbound", act_tcp_unbound },
	{ "tcp6", act_tcp6 },
	{ "temporary", act_temporary },
	{ "thread", act_thread },
	{ "tmpfile", act_tmpfile },
	{ "tmpfile-name", act_tmpfile_name },
	{ "tmpfs", act_tmpfs },
	{ "truncate", act_truncate },
	{ "udp", act_udp },
	{ "unix-ask", act_unix_ask },
	{ "unix-own", act_unix_own },
	{ "unix-send", act_unix_send },
	{ "unix-serve", act_unix_serve },
	{ "unlink", act_unlink },
	{ "update", act_update },
	{ "uring", act_uring },
	{ "userfaultfd", act_userfaultfd },
	{ "userns", act_userns },
	{ "utimes", act_utimes },
	{ "wait", act_wait },
	{ "watch-replaced", act_watch_replaced },
	{ "xattr", act_xattr },
};

int main(int argc, char **argv)
{
	if (argc < 2)
		errx(2, "usage: act NAME [ARGUMENT...]");
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (!strcmp(acts[i].name, argv[1])) {
			acts[i].run(argv + 2);
			puts("done");
			return 0;
		}
	errx(2, "there is no act %s", argv[1]);
}
