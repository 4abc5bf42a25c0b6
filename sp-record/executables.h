/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What user space finds out about the executables (images) of a recording while
 * it runs: their paths, their build-ids, and whether they give privileges.
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
	bool is_privileged;	/* set-user-ID, set-group-ID or capabilities */
};

/*
 * Files are read by a child process. Call this before the programs are loaded,
 * so that the child does not inherit their descriptors.
 */
struct executables *executables_new(void);
void executables_free(struct executables *e);
/* The map `paths` of the programs that are loaded. */
void executables_use(struct executables *e, const struct bpf_map *paths);

/*
 * The path of an image id, with "..." if its beginning is missing. NULL: not
 * known; the caller frees.
 */
char *executable_path(const struct executables *e, uint32_t id);
/* The target whose tasks execute it; 0 if that is not known. */
uint32_t executable_scope(const struct executables *e, uint32_t id);
/* Have the executable of a process read, without waiting for it. */
void executables_ask(struct executables *e, uint32_t id, pid_t pid);
/* Take the answers that come within this time; 0: those that are there. */
void executables_take(struct executables *e, int milliseconds);
/* Read the file by that path, unless it has been read. */
void executable_read(struct executables *e, uint32_t id, const char *path);
/*
 * What is known so far. The pointer is valid until the next call that reads a
 * file or takes answers.
 */
const struct executable *executable_at(struct executables *e, uint32_t id);

#endif
