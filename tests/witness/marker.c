/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: marker N — after SIGUSR1, calls getpgid N times. Writes the file "pid"
 * before and "done" afterwards, and runs until it is killed.
 */
#include <signal.h>

#include "witness.h"

static void on_signal(int signal)
{
	(void)signal;
}

static void create(const char *name)
{
	FILE *file = fopen("new", "w");

	if (!file)
		err(1, "new");
	fprintf(file, "%d\n", getpid());
	fclose(file);
	rename("new", name);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;

	signal(SIGUSR1, on_signal);
	create("pid");
	pause();
	for (int i = 0; i < n; i++)
		MARK(getpgid);
	create("done");
	for (;;)
		pause();
}
