/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The BPF object for kernels that lack features which the skeleton's own object
 * needs; bpf/older.bpf.h lists them. Both have the same maps, programs and
 * variables.
 */
#ifndef OLDER_H
#define OLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

#if defined(__x86_64__)
enum { OLDEST_MINOR = 10 };	/* the oldest 5.x that can be recorded */
#else
enum { OLDEST_MINOR = 15 };
#endif

/*
 * Whether this kernel needs it, which only a trial shows. `paths`: for --paths.
 */
bool older_is_needed(bool paths);
/*
 * Whether the kernel warns, with a dump of its state, if a tracing program
 * allocates memory for elements of a map. Kernels before Linux 6.1 do, unless a
 * distribution changed that. With PREEMPT_RT, they refuse such maps.
 */
bool older_warns_of_allocation(void);
/* Returns the object, to be freed; NULL: it cannot be unpacked. */
void *older_object(size_t *size);
/*
 * Up to 5.10, kernels count BPF maps as locked memory. This raises the limit as
 * far as permitted, and returns the former limit. The caller must restore it,
 * because the command inherits the limit.
 */
struct rlimit older_limit(void);
void older_raise_limit(void);
void older_restore_limit(const struct rlimit *former);

#endif
