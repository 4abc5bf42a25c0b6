/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container that is about to start, as described by its runtime and its
 * engine.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

struct subject {
	char *id;
	pid_t pid;		/* its first process, in our PID namespace */
	char *name, *image;	/* NULL: unknown */
	char *pod, *namespace;
	char *engine, *runtime;	/* such as "podman"; such as "runc 1.1.5" */
	char *cwd;
	/* whether docker's container has a health check */
	bool has_check;
	json_t *args;		/* an array of strings, or NULL */
	json_t *labels;		/* an object of strings, or NULL */
	/* An object of strings, or NULL. It includes labels from NRI. */
	json_t *annotations;
};

/*
 * Reads a state of the OCI runtime specification, and config.json in its
 * bundle. Returns false on failure, with a `problem` that the caller frees.
 */
bool subject_read(struct subject *s, const char *state, size_t n,
		  char **problem);
/* Takes missing names from the annotations. */
void subject_complete(struct subject *s);
/* Returns the value of the annotation, or NULL. */
const char *subject_annotation(const struct subject *s, const char *key);
void subject_free(struct subject *s);

#endif
