/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * usage: families N — with N = 0, makes the call as it was recorded; otherwise,
 * with another family or type. Exits with 1 if the call was denied.
 */
int main(int argc, char **argv)
{
	int other = argc > 1 ? atoi(argv[1]) : 0;
	int type = SOCK_STREAM | SOCK_CLOEXEC;

	(void)write(1, "made\n", 5);
	return socket(other == 1 ? AF_INET6 : AF_UNIX,
	       other == 2 ? SOCK_RAW | SOCK_CLOEXEC : type, 0) < 0;
}
