/* SPDX-License-Identifier: Apache-2.0 */
/* Tells the kernel side which cgroups are the targets'. */
#ifndef CGROUP_WATCH_H
#define CGROUP_WATCH_H

#include <stdint.h>

#include "target.h"

struct record;

/*
 * Makes the kernel side record the target's cgroups with the index `scope`:
 * those that exist, and those that will be created. The programs must be
 * attached. Returns 0 or -errno.
 */
int cgroup_watch(struct record *skel, struct target *target, uint32_t scope);

#endif
