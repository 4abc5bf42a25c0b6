/* SPDX-License-Identifier: Apache-2.0 */
/* A daemon that drops its privileges must still be recorded. */
#include <sys/wait.h>

#include "witness.h"

int main(void)
{
	enum { NOBODY = 65534 };

	if (getuid())
		return CANNOT;
	TRUTH(setgid, 1);
	TRUTH(setuid, 1);
	TRUTH(getpgid, 1);
	TRUTH(getsid, 1);
	if (syscall(SYS_setgid, NOBODY) || syscall(SYS_setuid, NOBODY))
		err(1, "setuid");
	MARK(getpgid);
	if (fork() == 0)
		MARK(getsid);
	wait(NULL);
}
