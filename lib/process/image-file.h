/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the file of an executable tells. A recorded program chooses the file, so
 * a child process reads it: file-child.h.
 */
#ifndef IMAGE_FILE_H
#define IMAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "process/file-child.h"
#include "stream/trace.h"

struct image_file {
	struct stat st;		/* all 0: the file cannot be opened */
	uint8_t build_id[BUILD_ID_MAX];	/* note NT_GNU_BUILD_ID */
	size_t build_id_size;	/* 0: none */
	bool is_privileged;	/* set-user-ID, set-group-ID or capabilities */
};

/*
 * Open a regular file for reading. Nothing else is opened: opening a device can
 * have effects, and a FIFO may block. -1: errno, or another kind of file; `st`
 * is filled in if there is a file.
 */
int regular_file_open(const char *path, struct stat *st);

/*
 * A file_child_work: the request is a path with its NUL, the answer a struct
 * image_file.
 */
size_t image_file_read(void *unused, const void *path, size_t size,
		       void *answer);
/* Ask a child that does that work; false: it did not answer. */
bool image_file_ask(struct file_child *child, const char *path,
		    struct image_file *file);

#endif
