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
	char *args, *cwd;	/* of its program; the arguments are JSON */
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

/* The arguments and the directory of its program, from an OCI configuration. */
void container_take_process(struct container *c, const json_t *config);

/*
 * "runc 1.1.5", as `program --version` prints it; heap. NULL: it prints something
 * else, or takes too long.
 */
char *container_engine_version(const char *name, const char *program);

#endif
