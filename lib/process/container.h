/* SPDX-License-Identifier: Apache-2.0 */
/* Finds containers of the installed engines. */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

struct container {
	pid_t pid;		/* its first process; 0: it is not running */
	bool is_created;	/* its program has not started yet */
	const char *engine;	/* "runc", "crun", "podman", "docker" … */
	/* These texts can be NULL; the caller frees them. */
	char *id;
	char *name, *image, *pod, *namespace;
	/* the program's arguments, as JSON, and its directory */
	char *args, *cwd;
	/* it was started with --init; it has a health check */
	bool has_init, has_check;
	/* a list of containers, if several have the name; otherwise NULL */
	char *others;
};

/*
 * Finds a container by its id or name, or by "POD/NAME" or "NAMESPACE/POD/NAME"
 * for Kubernetes. Returns false if no engine knows it, or if several containers
 * have the name (see `others`). The caller frees the texts in either case.
 */
bool container_find(const char *name, struct container *c);
void container_free(struct container *c);

/*
 * Does the same, but only for containerd and CRI-O, whose files it reads. For
 * the other engines, container_find() runs their programs.
 */
bool container_find_state(const char *name, struct container *c);
/* Sets the texts that come from CRI's annotations. */
void container_take_annotations(struct container *c, const json_t *annotations);

/*
 * Whether the configuration of an image of docker or podman has a health check.
 */
bool container_has_check(const json_t *config);

/* Sets the program's arguments and directory from an OCI configuration. */
void container_take_process(struct container *c, const json_t *config);

/*
 * Returns "runc 1.1.5", as `program --version` prints it; the caller frees it.
 * Returns NULL if the output has another form, or took longer than `ms`.
 */
char *container_engine_version(const char *name, const char *program,
			       unsigned int ms);

#endif
