/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: arguments [other] — makes calls with known arguments. With "other", then
 * makes calls with other arguments, and prints "NAME ERRNO" for each. A profile
 * of a run without "other" must deny these.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void others(void)
{
	printf("AF_INET6 %d\n", socket(AF_INET6, SOCK_STREAM, 0) < 0 ? errno : 0);
	printf("SOCK_DGRAM %d\n",
	       socket(AF_UNIX, SOCK_DGRAM, 0) < 0 ? errno : 0);
	printf("TIOCSTI %d\n", ioctl(-1, TIOCSTI, "") < 0 ? errno : 0);
	printf("PR_SET_NAME %d\n", prctl(PR_SET_NAME, "other") < 0 ? errno : 0);
	printf("F_SETOWN %d\n", fcntl(-1, F_SETOWN, 0) < 0 ? errno : 0);
	printf("SIGUSR1 %d\n", kill(-99999, SIGUSR1) < 0 ? errno : 0);
}

int main(int argc, char **argv)
{
	int one = 1, fds[2];
	char name[16];

	(void)argv;
	setvbuf(stdout, NULL, _IOLBF, 128);
	puts("begins");
	/*
	 * The flags in the type of a socket and the upper half of an int are
	 * not recorded.
	 */
	for (int i = 0; i < 3; i++)
		socket(AF_UNIX, SOCK_STREAM | (i ? SOCK_CLOEXEC : 0), 0);
	syscall(SYS_socket, AF_INET | 1UL << 40, SOCK_DGRAM, 0);
	socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds);
	setsockopt(fds[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one));
	for (int i = 0; i < 100; i++)
		ioctl(-1, FIONREAD, &one);
	prctl(PR_GET_NAME, name);
	personality(0xffffffff);
	fcntl(0, F_GETFD);
	kill(getpid(), 0);
	syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, -3, 0);
	/* one value more than the recorder distinguishes */
	for (int i = 0; i < 65; i++)
		syscall(SYS_tgkill, getpid(), -1, i);
	if (argc > 1)
		others();
	return 0;
}
