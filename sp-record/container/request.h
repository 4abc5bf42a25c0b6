/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The requests in a container's annotations. The user who starts containers may
 * be hostile, so an annotation can only choose among the things that the
 * administrator allows.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>

#include "container-options.h"
#include "subject.h"

struct request {
	bool asked;		/* an annotation mentions a recording */
	bool refused;		/* an annotation turns the recording off */
	/* do not start the container if it cannot be recorded */
	bool required;
	char *output;		/* the place of the stream; NULL: the default */
	/* the place of the profile; NULL: do not write one */
	char *profile;
	char *base;		/* a base profile; NULL: none */
	/* options for sp-record, which end with NULL, to be freed */
	char **options;
};

/*
 * Returns false on failure, with a `problem` that the caller frees. `required`
 * is then valid, too.
 */
bool request_read(struct request *r, const struct subject *s,
		  const struct container_options *o, char **problem);
void request_free(struct request *r);

#endif
