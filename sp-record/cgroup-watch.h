/* SPDX-License-Identifier: Apache-2.0 */
/* The cgroups of targets, as the kernel side has to know them. */
#ifndef CGROUP_WATCH_H
#define CGROUP_WATCH_H

#include <stdint.h>

#include "target.h"

struct record;

/*
 * Have the cgroups of the target recorded, with the index `scope`: those that
 * there are, and those that will be made. The programs are attached. 0 or -errno.
 */
int cgroup_watch(struct record *skel, struct target *target, uint32_t scope);

#endif
