/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/audit-note.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static const char path[] = "/run/sandprint-audit";

/*
 * Opens and locks the note. The lock lasts as long as the process. Returns -1
 * if there is no note, or another process has locked it.
 */
static int open_locked(int flags)
{
	int fd = open(path, flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
		close(fd);
		return -1;
	}
	return fd;
}

int audit_note_write(uint32_t backlog)
{
	int note = open_locked(O_CREAT);

	if (note >= 0 && (ftruncate(note, 0) ||
			  dprintf(note, "%u\n", backlog) < 0)) {
		audit_note_remove(note);
		return -1;
	}
	return note;
}

int audit_note_take(uint32_t *backlog)
{
	int note = open_locked(0);
	char text[16] = "";

	if (note >= 0 && pread(note, text, sizeof(text) - 1, 0) >= 0)
		*backlog = strtoul(text, NULL, 10);
	return note;
}

void audit_note_remove(int note)
{
	if (note < 0)
		return;
	unlink(path);
	close(note);
}
