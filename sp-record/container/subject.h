/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container that is about to start, as its runtime and its engine describe
 * it.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

struct subject {
	char *id;
	pid_t pid;		/* of its first process, in our PID namespace */
	char *name, *image;	/* NULL: not known */
	char *pod, *namespace;
	char *engine, *runtime;	/* "podman"; "runc 1.1.5" */
	char *cwd;
	bool has_check;		/* docker: it has a health check */
	json_t *args;		/* a list of texts, or NULL */
	json_t *labels;		/* text by key, or NULL */
	json_t *annotations;	/* an object: text by key; labels of NRI, too */
};

/*
 * From a state of the OCI runtime specification, and the config.json in the
 * bundle that it names. False: `problem` (heap, caller frees).
 */
bool subject_read(struct subject *s, const char *state, size_t n,
		  char **problem);
/* Look for names that are missing among the annotations. */
void subject_complete(struct subject *s);
/* The annotation, or NULL. */
const char *subject_annotation(const struct subject *s, const char *key);
void subject_free(struct subject *s);

#endif
