/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes calls that succeed or fail and whose arguments have names, to compare
 * sp-emit --strace with strace. It makes them by number, so that no C library
 * changes them.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void files(void)
{
	char b[4];
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	syscall(SYS_read, fd, b, 4);
	lseek(fd, 1, SEEK_SET);
	pread(fd, b, 2, 0);
	syscall(SYS_fcntl, fd, F_SETFD, 0L);
	syscall(SYS_fcntl, fd, F_SETFL, (long)(O_RDONLY | O_NONBLOCK));
	dup3(fd, 20, O_CLOEXEC);
	close(fd);
	close(fd);
	open("/dev/null/none", O_RDWR | O_CREAT | O_EXCL, 0644);
	fd = openat(AT_FDCWD, "/dev", O_RDONLY | O_DIRECTORY);
	unlinkat(fd, "none/none", AT_REMOVEDIR);
	syscall(SYS_faccessat, AT_FDCWD, "/", R_OK | X_OK);
	mkdir("/dev/null/none", 0755);
	umask(027);
}

static void memory(void)
{
	void *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(p, 4096, PROT_NONE);
	madvise(p, 4096, MADV_DONTNEED);
	munmap(p, 8192);
	munmap((void *)1, 1);
}

static void sockets(void)
{
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int e = epoll_create1(EPOLL_CLOEXEC), pair[2], on = 1;

	socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP);
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	sendto(s, &on, 1, MSG_NOSIGNAL, NULL, 0);
	shutdown(s, SHUT_RDWR);
	syscall(SYS_epoll_ctl, e, EPOLL_CTL_DEL, s, NULL);
	pipe2(pair, O_NONBLOCK);
	syscall(SYS_read, pair[0], &on, 4);
}

int main(void)
{
	pid_t child;

	files();
	memory();
	sockets();
	kill(getpid(), 0);
	syscall(600, 1, 2, 3, 4, 5, 6);
	child = vfork();
	if (!child)
		_exit(3);
	syscall(SYS_wait4, child, NULL, __WALL, NULL);
	return child < 0;
}
