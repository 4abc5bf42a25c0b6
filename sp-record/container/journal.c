/* SPDX-License-Identifier: Apache-2.0 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"

/* the longest line in bytes; annotations can be long */
enum { BYTES_MAX = 1024 };

static const char *file;	/* NULL: none */

void journal_open(const char *path)
{
	file = path;
	openlog("sp-record", LOG_PID, LOG_DAEMON);
}

void journal_close(void)
{
	closelog();
}

/*
 * Writes the whole line at once, because several processes append to the file.
 */
static void append(const char *line)
{
	int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW |
		      O_CLOEXEC | O_NONBLOCK, 0600);
	char now[32];
	struct tm tm;
	time_t t = time(NULL);
	char *text;

	if (fd < 0) {
		message_note("%s: %s", file, strerror(errno));
		return;
	}
	strftime(now, sizeof(now), "%FT%TZ", gmtime_r(&t, &tm));
	text = xasprintf("%s sp-record[%d]: %s\n", now, getpid(), line);
	if (write(fd, text, strlen(text)) < 0)
		message_note("%s: %s", file, strerror(errno));
	free(text);
	close(fd);
}

void journal_note(const char *fmt, ...)
{
	char *text, *line;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		message_fatal("out of memory");
	va_end(ap);
	if (strlen(text) > BYTES_MAX)
		strcpy(text + BYTES_MAX - strlen("..."), "...");
	line = text_printable(text);
	message_line(line);
	syslog(LOG_NOTICE, "%s", line);
	if (file)
		append(line);
	free(line);
	free(text);
}
