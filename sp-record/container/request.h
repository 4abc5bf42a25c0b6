/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a container's annotations ask for. Whoever starts containers may be
 * hostile: an annotation can only choose among what the administrator allows.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>

#include "container-options.h"
#include "subject.h"

struct request {
	bool asked;		/* an annotation mentions a recording … */
	bool refused;		/* … and turns it off */
	/* if it cannot be recorded, it must not start */
	bool required;
	char *output;		/* of the stream; NULL: the default */
	/* where a profile goes; NULL: none is written */
	char *profile;
	char *base;		/* a base profile; NULL: none */
	char **options;		/* for sp-record, NULL at the end; heap */
};

/* False: `problem` (heap, caller frees); `required` is valid then, too. */
bool request_read(struct request *r, const struct subject *s,
		  const struct container_options *o, char **problem);
void request_free(struct request *r);

#endif
