/* SPDX-License-Identifier: Apache-2.0 */
/* A failed execve is a call of the program that made it, which continues. */
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
