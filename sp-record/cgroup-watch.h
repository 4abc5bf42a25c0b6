/* SPDX-License-Identifier: Apache-2.0 */
/* Tells the kernel side which cgroups belong to the targets. */
#ifndef CGROUP_WATCH_H
#define CGROUP_WATCH_H

#include <stdint.h>

#include "target.h"

struct record;

/*
 * Have the target's cgroups recorded, with the index `scope`: those that exist,
 * and those that will be made. The programs must be attached. 0 or -errno.
 */
int cgroup_watch(struct record *skel, struct target *target, uint32_t scope);

#endif
