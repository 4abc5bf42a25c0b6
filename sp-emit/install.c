/* SPDX-License-Identifier: Apache-2.0 */
#include "install.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/input.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "process/capture.h"
#include "process/unit-name.h"

#define UNITS "/etc/systemd/system"
#define NAME "50-sandprint.conf"
#define NEW_NAME "." NAME ".new"

enum { DROP_IN_MAX = 64 << 20 };	/* bytes */

struct drop_in {
	char *directory;	/* such as /etc/systemd/system/x.service.d */
	int fd;			/* descriptor of the directory, or -1 */
	bool created;		/* whether we created the directory */
	char *text;		/* the new drop-in, and its size */
	size_t size;
};

/* Reads the recordings in another process, which has a sandbox. */
static bool make_text(struct drop_in *d, int (*produce)(void *), void *arg)
{
	int fds[2], status = -1;
	FILE *file;
	pid_t child;

	if (pipe2(fds, O_CLOEXEC))
		message_fatal("cannot start a process: %s",
			      strerror(errno));
	child = fork();
	if (child < 0)
		message_fatal("cannot start a process: %s",
			      strerror(errno));
	if (!child) {
		if (dup2(fds[1], STDOUT_FILENO) < 0)
			message_fatal("cannot start a process: %s",
			      strerror(errno));
		exit(produce(arg));
	}
	close(fds[1]);
	file = fdopen(fds[0], "r");
	d->text = file ? input_read(file, DROP_IN_MAX, &d->size) : NULL;
	if (file)
		fclose(file);
	waitpid(child, &status, 0);
	if (!status && d->text && d->size <= DROP_IN_MAX)
		return true;
	/* The process printed the reason, unless it was killed. */
	message_error("nothing was installed");
	return false;
}

static bool fail(const struct drop_in *d, const char *name)
{
	const char *kind = *name ? "a regular file" : "a directory";

	if (errno == ELOOP || errno == ENOTDIR)
		message_error("%s%s%s: not %s, and --install follows no "
			      "symbolic link", d->directory, *name ? "/" : "",
			      name, kind);
	else
		message_error("%s%s%s: %s", d->directory, *name ? "/" : "",
			      name, strerror(errno));
	return false;
}

static bool open_directory(struct drop_in *d)
{
	int units = open(UNITS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *name = strrchr(d->directory, '/') + 1;

	if (units < 0) {
		message_error(UNITS ": %s", strerror(errno));
		return false;
	}
	d->created = !mkdirat(units, name, 0755);
	if (d->created || errno == EEXIST)
		d->fd = openat(units, name, O_RDONLY | O_DIRECTORY |
			       O_NOFOLLOW | O_CLOEXEC);
	if (d->fd < 0)
		fail(d, "");
	close(units);
	return d->fd >= 0;
}

/* Opens the existing drop-in. Returns -1 with ENOENT if there is none. */
static int open_old(const struct drop_in *d)
{
	int fd = openat(d->fd, NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
			O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) || !S_ISREG(st.st_mode))) {
		close(fd);
		errno = ELOOP;
		return -1;
	}
	return fd;
}

static bool is_same(const struct drop_in *d, int old)
{
	int copy = dup(old);
	FILE *file = copy < 0 ? NULL : fdopen(copy, "r");
	size_t n = 0;
	char *text = file ? input_read(file, DROP_IN_MAX, &n) : NULL;
	bool same = text && n == d->size && !memcmp(text, d->text, n);

	free(text);
	if (file)
		fclose(file);
	lseek(old, 0, SEEK_SET);
	return same;
}

/* Returns the exit status, or -1 if the command could not be run. */
static int run(char *const argv[])
{
	extern char **environ;
	int status;
	pid_t child;

	fflush(stdout);
	if (posix_spawnp(&child, argv[0], NULL, NULL, argv, environ) ||
	    waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* diff(1) inherits the descriptors, and opens them as /proc/self/fd/N. */
static void show_difference(const struct drop_in *d, int old, int new)
{
	char *path = xasprintf("%s/" NAME, d->directory);
	char *left = old < 0 ? xstrdup("/dev/null") :
		xasprintf("/proc/self/fd/%d", old);
	char *right = xasprintf("/proc/self/fd/%d", new);
	char *argv[] = {
		"diff", "-u", "--label", old < 0 ? "/dev/null" : path,
		"--label", path, "--", left, right, NULL,
	};

	if (old >= 0)
		fcntl(old, F_SETFD, 0);
	fcntl(new, F_SETFD, 0);
	if (run(argv) != 1)
		message_note("diff failed, so the changes are not shown");
	free(right);
	free(left);
	free(path);
}

static bool write_text(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0)
			return false;
		text += n;
		size -= n;
	}
	return true;
}

/*
 * Writes a new file under a temporary name, and then renames it to replace the
 * old one.
 */
static bool replace(const struct drop_in *d, int old)
{
	bool ok;
	int new;

	unlinkat(d->fd, NEW_NAME, 0);
	new = openat(d->fd, NEW_NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
		     0644);
	ok = new >= 0 && write_text(new, d->text, d->size) &&
		!fchmod(new, 0644) && !fsync(new);
	if (!ok) {
		fail(d, NEW_NAME);
	} else {
		lseek(new, 0, SEEK_SET);
		show_difference(d, old, new);
		ok = !renameat(d->fd, NEW_NAME, d->fd, NAME) || fail(d, NAME);
	}
	if (!ok)
		unlinkat(d->fd, NEW_NAME, 0);
	if (new >= 0)
		close(new);
	return ok && (!fsync(d->fd) || fail(d, ""));
}

/* Notes that systemd does not have the unit: its name may be misspelt. */
static void note_missing(const char *unit)
{
	char *argv[] = {
		"systemctl", "show", "--property=LoadState", "--value", "--",
		(char *)unit, NULL,
	};
	char *state = capture_output(argv);

	if (state && !strcmp(state, "not-found\n"))
		message_note("systemd has no unit %s: the drop-in has no "
			     "effect until there is one", unit);
	free(state);
}

static void reload(const struct drop_in *d, const char *unit)
{
	char *argv[] = { "systemctl", "daemon-reload", NULL };
	/* A unit's name can contain "\\x2d", but no quotation mark. */
	const char *quote = strchr(d->directory, '\\') ? "'" : "";

	if (run(argv))
		message_error("%s/" NAME " is installed, but systemctl "
			      "daemon-reload failed", d->directory);
	else
		note_missing(unit);
	message_note("installed %s/" NAME "; to remove it: rm %s%s/" NAME
		     "%s && systemctl daemon-reload", d->directory, quote,
		     d->directory, quote);
}

static int is_later(const struct dirent *entry)
{
	const char *type = strrchr(entry->d_name, '.');

	return type && !strcmp(type, ".conf") &&
		strcmp(entry->d_name, NAME) > 0;
}

/*
 * systemd reads drop-ins in the order of their names, so later ones can
 * override the settings of this one: systemd.unit(5).
 */
static void note_later(const struct drop_in *d)
{
	struct dirent **entries;
	int n = scandir(d->directory, &entries, is_later, alphasort);

	for (int i = 0; i < n; i++) {
		char *name = text_printable(entries[i]->d_name);

		message_note("%s/%s is read after " NAME ", and can override "
			     "its settings", d->directory, name);
		free(name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static void install(struct drop_in *d, const char *unit)
{
	int old;

	if (!open_directory(d))
		return;
	note_later(d);
	old = open_old(d);
	if (old < 0 && errno != ENOENT)
		fail(d, NAME);
	else if (old >= 0 && is_same(d, old))
		message_note("nothing to do: %s/" NAME " has this content "
			     "already", d->directory);
	else if (replace(d, old))
		reload(d, unit);
	else if (d->created)
		rmdir(d->directory);
	if (old >= 0)
		close(old);
	close(d->fd);
}

void install_drop_in(const char *unit, int (*produce)(void *), void *arg)
{
	struct drop_in d = { .fd = -1 };

	d.directory = xasprintf(UNITS "/%s.d", unit);
	if (make_text(&d, produce, arg))
		install(&d, unit);
	free(d.text);
	free(d.directory);
}
