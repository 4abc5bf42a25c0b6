/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts children in new PID and mount namespaces, where each of them is
 * process 1.
 */
#include <sched.h>
#include <sys/wait.h>

#include "witness.h"

enum { MARKS = 3 };

static void first_process(void)
{
	for (int i = 0; i < MARKS; i++)
		MARK(getpgid);
	if (unshare(CLONE_NEWNS))
		err(1, "unshare");
	MARK(sched_get_priority_max);
	if (fork() == 0) {
		MARK(getsid);
		_exit(0);
	}
	wait(NULL);
	_exit(getpid() == 1 ? 0 : 1);
}

int main(void)
{
	int status;

	if (unshare(CLONE_NEWPID))
		return CANNOT;
	TRUTH(unshare, 2);
	TRUTH(getpgid, MARKS);
	TRUTH(sched_get_priority_max, 1);
	TRUTH(getsid, 1);
	if (fork() == 0)
		first_process();
	wait(&status);
	return status != 0;
}
