/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a container's annotations ask for. Whoever starts containers may be
 * nobody's friend: an annotation chooses among what the administrator allows.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>

#include "container-options.h"
#include "subject.h"

struct request {
	bool asked;		/* an annotation speaks of a recording at all … */
	bool refused;		/* … and says no */
	bool required;		/* no recording: no start */
	char *output;		/* of the stream; NULL: the default */
	char *profile;		/* where a profile goes, too; NULL: none */
	char *base;		/* whose rules it includes; NULL: none */
	char **options;		/* for sp-record, NULL at the end; heap */
};

/* False: `problem` (heap, caller frees); `required` counts then, too. */
bool request_read(struct request *r, const struct subject *s,
		  const struct container_options *o, char **problem);
void request_free(struct request *r);

#endif
