/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process, one of its threads and its children sleep in different calls until
 * they are killed. The process writes the file "pid" when all of them sleep.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "witness.h"

static void in_epoll_wait(void)
{
	struct epoll_event event;

	int fd = epoll_create1(0);

#ifdef SYS_epoll_wait
	syscall(SYS_epoll_wait, fd, &event, 1, -1);
#else
	syscall(SYS_epoll_pwait, fd, &event, 1, -1, NULL, 0);
#endif
}

static void in_accept(void)
{
	struct sockaddr_un any = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	bind(fd, (struct sockaddr *)&any, sizeof(sa_family_t));
	listen(fd, 1);
	syscall(SYS_accept4, fd, NULL, NULL, 0);
}

static void in_poll(void)
{
#ifdef SYS_poll
	syscall(SYS_poll, NULL, 0, -1);
#else
	syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0);
#endif
}

static void in_pause(void)
{
#ifdef SYS_pause
	syscall(SYS_pause);
#else
	syscall(SYS_rt_sigsuspend, &(uint64_t){ 0 }, sizeof(uint64_t));
#endif
}

static volatile pid_t futex_tid;

static void *in_futex(void *arg)
{
	static int word;

	futex_tid = syscall(SYS_gettid);
	syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 0, NULL);
	return arg;
}

int main(void)
{
	void (*const children[])(void) = {
		in_epoll_wait, in_accept, in_poll, in_pause,
	};
	enum { CHILDREN = sizeof(children) / sizeof(children[0]) };
	pid_t pids[CHILDREN];
	pthread_t t;
	FILE *file;

	for (size_t i = 0; i < CHILDREN; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			children[i]();
			_exit(1);
		}
	}
	pthread_create(&t, NULL, in_futex, NULL);
	for (size_t i = 0; i < CHILDREN; i++)
		await_sleep(pids[i]);
	while (!futex_tid)
		usleep(1000);
	await_sleep(futex_tid);
	file = fopen("pid.new", "w");
	if (!file)
		err(1, "pid.new");
	fprintf(file, "%d\n", getpid());
	fclose(file);
	rename("pid.new", "pid");
	syscall(SYS_wait4, -1, NULL, 0, NULL);
	return 1;
}
