/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data that can be read from an executable file. A recorded program chooses the
 * file, so a child process reads it: file-child.h.
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
	struct stat st;		/* all 0 if the file cannot be opened */
	uint8_t build_id[BUILD_ID_MAX];	/* from the note NT_GNU_BUILD_ID */
	size_t build_id_size;	/* 0: none */
	bool is_privileged;	/* set-user-ID, set-group-ID or capabilities */
};

/*
 * Opens a regular file for reading. Nothing else is opened, because opening a
 * device can have effects, and a FIFO can block. Returns -1 for an error or
 * another kind of file. `st` is filled in if the file exists.
 */
int regular_file_open(const char *path, struct stat *st);

/*
 * A file_child_work. The request is a path with its NUL; the answer is a struct
 * image_file.
 */
size_t image_file_read(void *unused, const void *path, size_t size,
		       void *answer);
/* Asks a child that does this work. Returns false if it did not answer. */
bool image_file_ask(struct file_child *child, const char *path,
		    struct image_file *file);

#endif
