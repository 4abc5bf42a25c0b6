/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stderr.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *kept;		/* NULL: no text is kept */
static pid_t keeper;		/* the process that kept the text */

static bool is_stopped(void)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	return isatty(STDERR_FILENO) && poll(&p, 1, 0) == 0;
}

/* A child process has a copy of the text, and must not print it. */
static void print_kept(void)
{
	if (kept && keeper == getpid())
		fputs(kept, stderr);
	free(kept);
	kept = NULL;
}

/* Returns false if there is no memory for the text. */
static bool keep(const char *text)
{
	char *both;

	if (kept && keeper != getpid()) {
		free(kept);
		kept = NULL;
	}
	if (asprintf(&both, "%s%s", kept ? kept : "", text) < 0)
		return false;
	free(kept);
	kept = both;
	keeper = getpid();
	return true;
}

void stderr_print(const char *text)
{
	if (is_stopped() && keep(text))
		return;
	print_kept();
	fputs(text, stderr);
}

/* These signals end a program by default. A tool that records blocks them. */
static void print_at_exit(void)
{
	sigset_t set;

	if (!kept)
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	print_kept();
}

void stderr_init(void)
{
	atexit(print_at_exit);
}
