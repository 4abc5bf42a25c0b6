/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A daemon that forks twice. It makes its calls half a second after the command
 * has exited.
 */
#include "witness.h"

enum { MARKS = 3 };

int main(void)
{
	TRUTH(getpgid, MARKS);
	TRUTH(getsid, 1);
	if (fork())
		return 0;
	MARK(getsid);
	setsid();
	if (fork())
		return 0;
	usleep(500000);
	for (int i = 0; i < MARKS; i++)
		MARK(getpgid);
}
