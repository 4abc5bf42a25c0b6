/* SPDX-License-Identifier: Apache-2.0 */
/* Tells the kernel side which cgroups belong to the targets. */
#ifndef CGROUP_WATCH_H
#define CGROUP_WATCH_H

#include <stdint.h>

#include "target.h"

struct record;

/*
 * Makes the kernel side record the cgroups of a target, those that exist and
 * those that will be created. `scope` is the target's index. The programs must
 * be attached. Returns 0 or -errno.
 */
int cgroup_watch(struct record *skel, struct target *target, uint32_t scope);

#endif
