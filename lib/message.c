/* SPDX-License-Identifier: Apache-2.0 */
#include "message.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *tool = "sandprint";
static int trouble = STATUS_TROUBLE;
static volatile sig_atomic_t latched;

void message_init(const char *name, int trouble_status, char **argv)
{
	argv[0] = (char *)name;
	tool = name;
	trouble = trouble_status;
}

static void print(const char *fmt, va_list ap)
{
	int saved = errno;

	flockfile(stderr);
	fprintf(stderr, "%s: ", tool);
	vfprintf(stderr, fmt, ap);
	putc_unlocked('\n', stderr);
	funlockfile(stderr);
	errno = saved;
}

void message_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
}

void message_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
	message_latch(trouble);
}

void message_fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
	exit(trouble);
}

void message_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
	fprintf(stderr, "Try '%s --help'.\n", tool);
	exit(trouble);
}

void message_latch(int status)
{
	if (status > latched)
		latched = status;
}

int message_finish(void)
{
	if (fflush(stdout) || ferror(stdout))
		message_error("<stdout>: %s", strerror(errno));
	return latched;
}

void message_help(const char *text)
{
	fputs(text, stdout);
	exit(message_finish());
}

void message_version(void)
{
	printf("%s (sandprint) %s\n", tool, VERSION);
	exit(message_finish());
}
