/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process, a thread of it and children, each asleep in a call of its own;
 * "pid" is written when they are. They stay so until they are killed.
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "witness.h"

static void in_epoll_wait(void)
{
	struct epoll_event event;

	syscall(SYS_epoll_wait, epoll_create1(0), &event, 1, -1);
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
	syscall(SYS_poll, NULL, 0, -1);
}

static void in_pause(void)
{
	syscall(SYS_pause);
}

static void *in_futex(void *arg)
{
	static int word;

	syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 0, NULL);
	return arg;
}

int main(void)
{
	void (*const children[])(void) = {
		in_epoll_wait, in_accept, in_poll, in_pause,
	};
	pthread_t t;
	FILE *file;

	for (size_t i = 0; i < sizeof(children) / sizeof(children[0]); i++)
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			children[i]();
			_exit(1);
		}
	pthread_create(&t, NULL, in_futex, NULL);
	usleep(200000);
	file = fopen("pid.new", "w");
	if (!file)
		err(1, "pid.new");
	fprintf(file, "%d\n", getpid());
	fclose(file);
	rename("pid.new", "pid");
	syscall(SYS_wait4, -1, NULL, 0, NULL);
	return 1;
}
