/* SPDX-License-Identifier: Apache-2.0 */
/* Containers, as the engines that are installed know them. */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <stdbool.h>
#include <sys/types.h>

struct container {
	pid_t pid;		/* of its first process; 0: it is not running */
	char *id;		/* heap */
	bool is_created;	/* its program has not started yet */
	const char *engine;	/* "runc", "crun", "podman", "docker" */
};

/* By id or name. False: no engine knows it. */
bool container_find(const char *name, struct container *c);

#endif
