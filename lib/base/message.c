/* SPDX-License-Identifier: Apache-2.0 */
#include "base/message.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

static const char *tool;	/* NULL: before main(), where libraries allocate */
static int trouble = STATUS_TROUBLE;
static volatile sig_atomic_t latched;
static char **notes;		/* NULL: they are not kept; else NULL at the end */
static size_t n_notes;

/*
 * A standard descriptor that is closed would be given to the next file that
 * is opened, and our messages go into that. A command still finds it closed.
 */
static void hold_standard_descriptors(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", O_PATH | O_CLOEXEC) != fd)
			abort();	/* the lowest one that is free */
}

static void on_file_size_limit(int signal)
{
	(void)signal;
}

/*
 * A write beyond RLIMIT_FSIZE then fails with EFBIG, like any other, and a
 * command that we execute has the signal's default again.
 */
static void survive_file_size_limit(void)
{
	struct sigaction action;

	if (sigaction(SIGXFSZ, NULL, &action) || action.sa_handler != SIG_DFL)
		return;
	action.sa_handler = on_file_size_limit;
	sigaction(SIGXFSZ, &action, NULL);
}

void message_init(const char *name, int trouble_status, char **argv)
{
	hold_standard_descriptors();
	survive_file_size_limit();
	argv[0] = (char *)name;
	tool = name;
	trouble = trouble_status;
}

/* Names and arguments come from outside: what a terminal obeys is escaped. */
static void print(const char *fmt, va_list ap)
{
	int saved = errno;
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;	/* no memory: print what needs none */
	flockfile(stderr);
	fprintf(stderr, "%s: ", tool ? tool : program_invocation_short_name);
	text_put_printable(text ? text : fmt, stderr);
	putc_unlocked('\n', stderr);
	funlockfile(stderr);
	free(text);
	errno = saved;
}

void message_keep_notes(void)
{
	if (!notes)
		notes = xcalloc(1, sizeof(*notes));
}

char **message_notes(void)
{
	return notes;
}

static void keep_note(const char *fmt, va_list ap)
{
	if (!notes)
		return;
	notes = xrealloc(notes, n_notes + 2, sizeof(*notes));
	if (vasprintf(&notes[n_notes], fmt, ap) < 0)
		message_fatal("out of memory");
	notes[++n_notes] = NULL;
}

void message_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	keep_note(fmt, ap);
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

size_t message_all(char **texts, void (*print_one)(const char *fmt, ...))
{
	size_t n = 0;

	for (; texts[n]; n++) {
		print_one("%s", texts[n]);
		free(texts[n]);
	}
	free(texts);
	return n;
}

int message_status(void)
{
	return latched;
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

const char *message_tool(void)
{
	return tool ? tool : program_invocation_short_name;
}

void message_end(void)
{
	exit(message_finish());
}

void message_version(void)
{
	printf("%s (sandprint) %s\n", tool, VERSION);
	exit(message_finish());
}
