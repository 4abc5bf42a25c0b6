/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the files that are mapped executable, by process and time. The source
 * is the kernel's records of mmap, fork and exec: perf_event_open(2). They also
 * cover processes that have ended.
 */
#ifndef MAPPINGS_H
#define MAPPINGS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "process/mapping.h"

struct mappings;

/* Begins to follow mappings. Returns NULL with errno on failure. */
struct mappings *mappings_open(void);
void mappings_free(struct mappings *m);
/* Takes the records that have come. */
void mappings_take(struct mappings *m);
/*
 * Returns how many records were lost for lack of room. The kernel counts them
 * in the next record that has room, so losses at the very end can be missing.
 */
uint64_t mappings_lost(const struct mappings *m);
/*
 * Returns the mappings of a process at a time (CLOCK_MONOTONIC), the newest
 * last. The caller frees the array, but not the paths, which are valid until
 * the next call. If nothing is known, `*n` is 0.
 */
struct mapping *mappings_at(struct mappings *m, pid_t pid, uint64_t time_ns,
			    size_t *n);

#endif
