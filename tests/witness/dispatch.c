/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Uses syscall user dispatch: the kernel turns an intercepted call into a
 * signal before seccomp sees it. So it must not be recorded.
 */
#include <signal.h>
#include <sys/prctl.h>

#include "witness.h"

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif

enum { ALLOW = 0, BLOCK = 1, CAUGHT = 4 };
static char selector = ALLOW;
static volatile int caught;

/*
 * Allows calls again, because the return from the handler must not be
 * intercepted.
 */
static void on_sigsys(int signal)
{
	(void)signal;
	caught++;
	selector = ALLOW;
}

int main(void)
{
	signal(SIGSYS, on_sigsys);
	if (prctl(PR_SET_SYSCALL_USER_DISPATCH, 1, 0L, 0L, &selector))
		err(CANNOT, "PR_SET_SYSCALL_USER_DISPATCH");
	for (int i = 0; i < CAUGHT; i++) {
		selector = BLOCK;
		MARK(getpgid);
	}
	if (caught != CAUGHT)
		errx(1, "%d of %d calls were intercepted", caught, CAUGHT);
	TRUTH(getpgid, 0);
	TRUTH(rt_sigreturn, CAUGHT);
	return 0;
}
