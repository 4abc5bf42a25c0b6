/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data about executables (images) that user space reads while it records:
 * paths, build-ids, and whether they give privileges.
 */
#ifndef EXECUTABLES_H
#define EXECUTABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "process/image-file.h"

struct bpf_map;
struct executables;

struct executable {
	uint8_t build_id[BUILD_ID_MAX];
	size_t build_id_size;	/* 0: not known */
	/*
	 * whether it gives privileges: set-user-ID, set-group-ID or
	 * capabilities
	 */
	bool is_privileged;
};

/* Files are read by a child process, which the first request starts. */
struct executables *executables_new(void);
/* Starts the child process before the first request. */
void executables_start(struct executables *e);
void executables_free(struct executables *e);
/* Uses the map `paths` of the loaded programs. */
void executables_use(struct executables *e, const struct bpf_map *paths);

/*
 * Returns the path of an image, which the caller frees, or NULL if it is
 * unknown. If the beginning of the path is missing, it begins with "...".
 */
char *executable_path(const struct executables *e, uint32_t id);
/* Returns the target whose tasks execute the image, or 0 if that is unknown. */
uint32_t executable_scope(const struct executables *e, uint32_t id);
/* Asks the child to read the executable of a process, and does not wait. */
void executables_ask(struct executables *e, uint32_t id, pid_t pid);
/* Takes answers until the time is over. 0: takes those that have come. */
void executables_take(struct executables *e, int milliseconds);
/* Reads the file at that path, unless it has been read. */
void executable_read(struct executables *e, uint32_t id, const char *path);
/*
 * Returns the data that are known so far. The pointer is valid until the next
 * call that reads a file or takes answers.
 */
const struct executable *executable_at(struct executables *e, uint32_t id);

#endif
