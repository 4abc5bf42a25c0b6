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
	bool has_init, has_check;	/* --init; a health check */
	/* if several containers have the name: a list of them; else NULL */
	char *others;
};

/*
 * Finds a container by its id or name, or as "POD/NAME" or "NAMESPACE/POD/NAME"
 * of Kubernetes. Returns false if no engine knows it, or if several containers
 * have the name (`others`). The caller frees the texts in either case.
 */
bool container_find(const char *name, struct container *c);
void container_free(struct container *c);

/*
 * Does the same for containerd and CRI-O, by their files. For the other
 * engines, container_find() runs their programs.
 */
bool container_find_state(const char *name, struct container *c);
/* Sets the texts that CRI's annotations contain. */
void container_take_annotations(struct container *c, const json_t *annotations);

/* Whether a configuration of docker's or podman's image has a health check. */
bool container_has_check(const json_t *config);

/*
 * Sets the arguments and the directory of its program, from an OCI
 * configuration.
 */
void container_take_process(struct container *c, const json_t *config);

/*
 * "runc 1.1.5", as `program --version` prints it; heap. NULL: it prints something
 * else, or takes too long.
 */
char *container_engine_version(const char *name, const char *program);

#endif
