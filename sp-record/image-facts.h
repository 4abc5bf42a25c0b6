/* SPDX-License-Identifier: Apache-2.0 */
/* The facts about executables, whatever the method of recording. */
#ifndef IMAGE_FACTS_H
#define IMAGE_FACTS_H

#include "stream/trace.h"

/*
 * The executable gives privileges, and was executed. Recorded without --paths
 * too: under no_new_privs such a program behaves differently, and some
 * sandboxes set that.
 */
void add_privileged(struct trace *t, uint32_t image,
		    const struct image_use *use);
/* A task of the image `by` executed `image`. */
void add_start(struct trace *t, uint32_t image, uint32_t by,
	       const struct sighting *sighting);

#endif
