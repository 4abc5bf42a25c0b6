/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a container's annotations request. The user who starts containers may be
 * hostile, so an annotation can only choose among what the administrator
 * allows.
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
	char *output;		/* where the stream goes; NULL: the default */
	/* where the profile goes; NULL: do not write one */
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
