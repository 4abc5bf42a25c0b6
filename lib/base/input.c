/* SPDX-License-Identifier: Apache-2.0 */
#include "base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limit.h"
#include "base/memory.h"
#include "base/message.h"

const char *input_name(const char *path)
{
	return strcmp(path, "-") ? path : "<stdin>";
}

/* Opens without waiting for a FIFO's writer; later reads wait again. */
static int open_without_waiting(const char *path)
{
	enum { FLAGS = O_RDONLY | O_CLOEXEC | O_NOCTTY };
	int fd = open(path, FLAGS | O_NONBLOCK);

	/* a test suite can leave 2,000 streams */
	if (fd < 0 && errno == EMFILE) {
		limit_raise(RLIMIT_NOFILE);
		fd = open(path, FLAGS | O_NONBLOCK);
	}
	/* the file may have a lease: fcntl(2) */
	if (fd < 0 && errno == EWOULDBLOCK)
		return open(path, FLAGS);
	if (fd >= 0)
		fcntl(fd, F_SETFL, 0);
	return fd;
}

/* Returns false with errno set. */
static bool open_file(struct input *in)
{
	int fd = open_without_waiting(in->path);
	struct stat st;

	if (fd < 0)
		return false;
	in->is_fifo = fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
	in->file = fdopen(fd, "r");
	if (!in->file)
		close(fd);
	return in->file;
}

static bool complain(const struct input *in)
{
	message_error("%s: %s", input_name(in->path), strerror(errno));
	return false;
}

/*
 * Tells the user why nothing happens: somebody who forgot the file name would
 * wait forever.
 */
static bool open_stdin(struct input *in)
{
	if (isatty(STDIN_FILENO)) {
		message_error("<stdin> is a terminal: name a file, or pipe "
			      "one in");
		return false;
	}
	in->file = stdin;
	return true;
}

bool input_open(struct input *in, const char *path)
{
	*in = (struct input){ .path = path };
	if (!strcmp(path, "-"))
		return open_stdin(in);
	if (!open_file(in) && errno != EMFILE)
		return complain(in);
	return true;
}

/* poll(2) returns as soon as a writer has opened the FIFO. */
static void wait_for_writer(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
}

FILE *input_file(struct input *in)
{
	if (!in->file && !open_file(in)) {
		complain(in);
		return NULL;
	}
	if (in->is_fifo)
		wait_for_writer(fileno(in->file));
	return in->file;
}

void input_close(struct input *in)
{
	if (in->file && in->file != stdin)
		fclose(in->file);
	in->file = NULL;
	free(in->kept);
	in->kept = NULL;
}

const char *input_keep(struct input *in, size_t most, size_t *n)
{
	FILE *file = input_file(in), *memory;
	char *text = file ? input_read(file, most, n) : NULL;

	memory = text && *n ? fmemopen(text, *n, "r") : NULL;
	if (!memory) {
		free(text);
		return NULL;
	}
	input_close(in);
	in->file = memory;
	in->is_fifo = false;
	in->kept = text;
	return text;
}

char *input_read(FILE *file, size_t most, size_t *n)
{
	size_t room = 4096, more;
	char *text = xrealloc(NULL, room + 1, 1);

	*n = 0;
	do {
		if (*n == room) {
			room *= 2;
			text = xrealloc(text, room + 1, 1);
		}
		if (room > most + 1)
			room = most + 1;
		errno = EIO;
		more = fread(text + *n, 1, room - *n, file);
		*n += more;
	} while (more && *n <= most);
	text[*n] = '\0';
	if (!ferror(file))
		return text;
	free(text);
	return NULL;
}

bool input_is_open(const struct input *in)
{
	return in->file;
}

/* Keeps a few descriptors free for the output files. */
static void leave_room(struct inputs *all)
{
	enum { ROOM = 16 };

	for (size_t i = all->n, room = 0; i-- && room < ROOM;) {
		struct input *in = &all->at[i];

		if (!in->file || in->file == stdin || in->is_fifo)
			continue;
		input_close(in);
		room++;
	}
}

void inputs_open(struct inputs *all, char *const *paths)
{
	static char *const only_stdin[] = { "-", NULL };

	*all = (struct inputs){ 0 };
	if (!*paths)
		paths = only_stdin;
	for (; *paths; paths++) {
		all->at = xgrow(all->at, all->n, sizeof(*all->at));
		if (input_open(&all->at[all->n], *paths))
			all->n++;
		else
			all->incomplete = true;
	}
	if (!inputs_are_open(all))
		leave_room(all);
}

void inputs_close(struct inputs *all)
{
	for (size_t i = 0; i < all->n; i++)
		input_close(&all->at[i]);
	free(all->at);
	*all = (struct inputs){ 0 };
}

bool inputs_are_open(const struct inputs *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (!input_is_open(&all->at[i]))
			return false;
	return true;
}
