/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: exec-stuck FILE — at SIGUSR1, starts a child, and executes a program
 * while FILE is open. If closing FILE never returns, execve never returns
 * either. The child then makes calls of its own.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static void on_signal(int signal)
{
	(void)signal;
}

static void child(void)
{
	usleep(300000);
	getpgid(0);
	getsid(0);
	pause();
	_exit(0);
}

int main(int argc, char **argv)
{
	if (argc != 2 || open(argv[1], O_RDONLY | O_CLOEXEC) < 0)
		err(2, "usage: exec-stuck FILE");
	signal(SIGUSR1, on_signal);
	pause();
	if (!fork())
		child();
	execl("/bin/true", "true", NULL);
	return 1;
}
