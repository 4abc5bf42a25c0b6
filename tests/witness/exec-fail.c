/* SPDX-License-Identifier: Apache-2.0 */
/* Failed execs are the program's own calls, and it stays what it was. */
#include "witness.h"

int main(void)
{
	TRUTH(execve, 4);
	TRUTH(execveat, 2);
	TRUTH(getpgid, 1);
	for (int i = 0; i < 3; i++)
		syscall(SYS_execve, "/nonexistent", NULL, NULL);
	for (int i = 0; i < 2; i++)
		syscall(SYS_execveat, -1, "", NULL, NULL, 0);
	MARK(getpgid);
}
