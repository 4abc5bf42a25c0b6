/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The requests in a container's annotations. The user who starts containers may
 * be hostile, so annotations can only choose what the administrator allows.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>

#include "container-options.h"
#include "subject.h"

struct request {
	bool asked;		/* whether an annotation is about recording */
	/* whether an annotation turns the recording off */
	bool refused;
	/* whether a container that cannot be recorded must not start */
	bool required;
	char *output;		/* the place of the stream; NULL: the default */
	/* the place of the profile; NULL: do not write one */
	char *profile;
	char *base;		/* a base profile; NULL: none */
	/* options for sp-record, which end with NULL, to be freed */
	char **options;
};

/*
 * Reads the annotations. Returns false on failure, with a `problem` that the
 * caller frees; `required` is set in either case.
 */
bool request_read(struct request *r, const struct subject *s,
		  const struct container_options *o, char **problem);
void request_free(struct request *r);

#endif
