/* SPDX-License-Identifier: Apache-2.0 */
/* Facts about executables, for all methods of recording. */
#ifndef IMAGE_FACTS_H
#define IMAGE_FACTS_H

#include "stream/trace.h"

/*
 * Adds the fact that an executable with raised privileges was executed. It is
 * recorded even without --paths: such a program behaves differently under
 * no_new_privs, which some sandboxes set.
 */
void add_privileged(struct trace *t, uint32_t image,
		    const struct image_use *use);
/* Adds threads that ran the image: see FACT_THREAD. */
void add_threads(struct trace *t, uint32_t image, uint32_t run, uint64_t count);
/* Adds the fact that a task of the image `by` executed `image`. */
void add_start(struct trace *t, uint32_t image, uint32_t by,
	       const struct sighting *sighting);

#endif
