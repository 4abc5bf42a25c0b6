/* SPDX-License-Identifier: Apache-2.0 */
#include "base/message.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/stderr.h"
#include "base/text.h"

/* NULL until message_init(); libraries may allocate before main() */
static const char *tool;
static int trouble = STATUS_TROUBLE;
static volatile sig_atomic_t latched;
static bool sigchld_ignored;
/* NULL: notes are not kept; otherwise NULL ends the list */
static char **notes;
static size_t n_notes;

/*
 * Messages of one kind have the same format. An input can cause any number of
 * them, so the first are printed, and the last one at the end, with the number
 * of those in between. A message is truncated, because texts that it quotes can
 * also be long.
 */
enum { SHOWN_MAX = 20, KINDS_MAX = 256, TEXT_MAX = 1 << 13 };
static struct kind {
	const char *fmt;
	size_t n;
	bool is_note;
	/* the last text that was counted but not printed; NULL: none */
	char *last;
} kinds[KINDS_MAX];
/* the process that counted messages: it prints the last ones */
static pid_t counter;

/*
 * If a standard descriptor is closed, the next file that is opened gets it, and
 * our messages would go into that file. A command that we execute still finds
 * the descriptor closed.
 */
static void hold_standard_descriptors(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", O_PATH | O_CLOEXEC) != fd)
			/* the new descriptor is always the lowest free one */
			abort();
}

static void on_file_size_limit(int signal)
{
	(void)signal;
}

/*
 * Ignores SIGXFSZ: a write beyond RLIMIT_FSIZE then fails with EFBIG, and its
 * error is reported like any other. A command that a tool executes gets the
 * signal's default action.
 */
static void survive_file_size_limit(void)
{
	struct sigaction action;

	if (sigaction(SIGXFSZ, NULL, &action) || action.sa_handler != SIG_DFL)
		return;
	action.sa_handler = on_file_size_limit;
	sigaction(SIGXFSZ, &action, NULL);
}

/*
 * If SIGCHLD is ignored, waitpid(2) fails with ECHILD, so that the statuses of
 * our children are lost.
 */
static void keep_children(void)
{
	sigchld_ignored = signal(SIGCHLD, SIG_DFL) == SIG_IGN;
}

bool message_sigchld_ignored(void)
{
	return sigchld_ignored;
}

void message_init(const char *name, int trouble_status, char **argv)
{
	stderr_init();
	hold_standard_descriptors();
	survive_file_size_limit();
	keep_children();
	argv[0] = (char *)name;
	tool = name;
	trouble = trouble_status;
}

/*
 * Names and arguments come from outside: escape characters that control a
 * terminal.
 */
static void write_line(const char *text, FILE *out)
{
	flockfile(out);
	fprintf(out, "%s: ", message_tool());
	text_put_printable(text, out);
	putc_unlocked('\n', out);
	funlockfile(out);
}

static void print_text(const char *text)
{
	char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	if (out)
		write_line(text, out);
	if (out && !fclose(out) && line)
		stderr_print(line);
	else	/* no memory: print without allocating */
		write_line(text, stderr);
	free(line);
}

static void print(const char *fmt, va_list ap)
{
	static const char more[] = " ...";
	int saved = errno;
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;	/* no memory: print without allocating */
	if (text && strlen(text) > TEXT_MAX)
		strcpy(text + TEXT_MAX - strlen(more), more);
	print_text(text ? text : fmt);
	free(text);
	errno = saved;
}

/*
 * Returns the last message of the kind, with the number of messages that were
 * not printed; the caller frees it.
 */
static char *last_of(const struct kind *kind)
{
	size_t hidden = kind->n - SHOWN_MAX - 1;

	return hidden ? xasprintf("%s (and %zu more of this kind)", kind->last,
				  hidden) : xstrdup(kind->last);
}

static void print_last(void)
{
	for (size_t i = 0; getpid() == counter && i < KINDS_MAX; i++) {
		char *text = kinds[i].last ? last_of(&kinds[i]) : NULL;

		if (text)
			print_text(text);
		free(text);
	}
}

static struct kind *kind_of(const char *fmt)
{
	for (size_t i = 0; i < KINDS_MAX; i++)
		if (!kinds[i].fmt || kinds[i].fmt == fmt) {
			kinds[i].fmt = fmt;
			return &kinds[i];
		}
	return NULL;
}

/* Returns false if the message is only counted. */
static bool is_shown(const char *fmt, bool is_note, va_list ap)
{
	struct kind *kind = kind_of(fmt);

	if (!kind || ++kind->n <= SHOWN_MAX)
		return true;
	if (!counter) {
		counter = getpid();
		atexit(print_last);
	}
	kind->is_note = is_note;
	free(kind->last);
	if (vasprintf(&kind->last, fmt, ap) < 0)
		message_fatal("out of memory");
	return false;
}

void message_keep_notes(void)
{
	if (!notes)
		notes = xcalloc(1, sizeof(*notes));
}

/* Drops the texts that message_notes() put after the last note. */
static void forget_last(void)
{
	for (size_t i = n_notes; notes && notes[i]; i++)
		free(notes[i]);
	if (notes)
		notes[n_notes] = NULL;
}

/* Takes ownership of the note. */
static void keep_note(char *note)
{
	notes = xrealloc(notes, n_notes + 2, sizeof(*notes));
	notes[n_notes++] = note;
	notes[n_notes] = NULL;
}

char **message_notes(void)
{
	size_t n = n_notes;

	forget_last();
	for (size_t i = 0; notes && i < KINDS_MAX; i++)
		if (kinds[i].last && kinds[i].is_note)
			keep_note(last_of(&kinds[i]));
	n_notes = n;
	return notes;
}

void message_note(const char *fmt, ...)
{
	va_list ap;
	char *note;
	bool shown;

	va_start(ap, fmt);
	shown = is_shown(fmt, true, ap);
	va_end(ap);
	if (!shown)
		return;
	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
	if (!notes)
		return;
	va_start(ap, fmt);
	if (vasprintf(&note, fmt, ap) < 0)
		message_fatal("out of memory");
	va_end(ap);
	forget_last();
	keep_note(note);
}

void message_line(const char *text)
{
	print_text(text);
}

void message_error(const char *fmt, ...)
{
	va_list ap;
	bool shown;

	message_latch(trouble);
	va_start(ap, fmt);
	shown = is_shown(fmt, false, ap);
	va_end(ap);
	if (!shown)
		return;
	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
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

/* Set in the tools, and NULL in programs that only use the library. */
extern const char sandprint_commit[] __attribute__((weak));

void message_version(void)
{
	printf("%s (sandprint) %s", tool, VERSION);
	if (sandprint_commit && *sandprint_commit)
		printf(" (%s)", sandprint_commit);
	putchar('\n');
	exit(message_finish());
}
