/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void *thread(void *arg)
{
	for (int i = 0; i < 100; i++)
		syscall(SYS_getpgid, 0);
	return arg;
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void threads(void)
{
	pthread_t t[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, thread, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
}

static void forks(int depth)
{
	syscall(SYS_getsid, 0);
	for (int i = 0; depth && i < 2; i++)
		if (!fork()) {
			forks(depth - 1);
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
}

static void make_daemon(void)
{
	if (fork())
		return;
	setsid();
	if (fork())
		_exit(0);
	usleep(300000);
	syscall(SYS_getpgrp);
	_exit(0);
}

/* Makes calls that signals interrupt, and kills a task in such a call. */
static void signals(void)
{
	struct itimerval tick = { { 0, 200 }, { 0, 200 } };
	pid_t pid = fork();

	if (!pid)
		for (;;)
			syscall(SYS_getpriority, 0, 0);
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &tick, NULL);
	for (int i = 0; i < 2000; i++)
		syscall(SYS_getpriority, 0, 0);
	memset(&tick, 0, sizeof(tick));
	setitimer(ITIMER_REAL, &tick, NULL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		switch (argv[i][0]) {
		case 't': threads(); break;
		case 'f': forks(3); break;
		case 'd': make_daemon(); break;
		case 's': signals(); break;
		case 'w': for (;;) pause();
		}
	return 0;
}
