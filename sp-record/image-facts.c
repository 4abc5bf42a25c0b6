/* SPDX-License-Identifier: Apache-2.0 */
#include "image-facts.h"

#include <string.h>

#include "names.h"

void add_privileged(struct trace *t, uint32_t image,
		    const struct image_use *use)
{
	char *path = t->images[image]->path;
	struct fact fact = {
		.image = image,
		.id = { 0, NAME_EXECUTE | NAME_PRIVILEGED |
			8U << NAME_TYPE_SHIFT },
		.detail = (uint8_t *)path,
	};
	struct sighting sighting = { .run = use->run, .count = use->execs };

	if (!path || *path != '/')
		return;
	fact.detail_size = strlen(path);
	trace_sum_fact(t, FACT_PATH, &fact, &sighting);
}

void add_threads(struct trace *t, uint32_t image, uint32_t run, uint64_t count)
{
	struct fact fact = { .image = image };
	struct sighting sighting = { .run = run, .count = count };

	trace_sum_fact(t, FACT_THREAD, &fact, &sighting);
}

void add_start(struct trace *t, uint32_t image, uint32_t by,
	       const struct sighting *sighting)
{
	const char *path = t->images[by]->path;
	struct fact fact = {
		.image = image,
		.detail = (uint8_t *)path,
		.detail_size = path ? strlen(path) : 0,
	};

	trace_sum_fact(t, FACT_START, &fact, sighting);
}
