/* SPDX-License-Identifier: Apache-2.0 */
/* Containers, as the engines that are installed know them. */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

struct container {
	pid_t pid;		/* of its first process; 0: it is not running */
	bool is_created;	/* its program has not started yet */
	const char *engine;	/* "runc", "crun", "podman", "docker" … */
	char *id;		/* heap, as are these, which can be NULL: */
	char *name, *image, *pod, *namespace;
	char *others;		/* NULL, or all that have the name: several */
};

/*
 * By id or name, or "POD/NAME" or "NAMESPACE/POD/NAME" of Kubernetes. False: no
 * engine knows it, or `others` names several. The caller frees the texts in
 * either case.
 */
bool container_find(const char *name, struct container *c);
void container_free(struct container *c);

/*
 * Looks in files of containerd and CRI-O; for the engines above, other programs
 * are asked. As container_find().
 */
bool container_find_state(const char *name, struct container *c);
/* The texts that annotations of CRI have. */
void container_take_annotations(struct container *c, const json_t *annotations);

#endif
