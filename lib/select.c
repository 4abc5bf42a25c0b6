/* SPDX-License-Identifier: Apache-2.0 */
#include "select.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "memory.h"
#include "text.h"

static bool matches(const struct image *image, char **globs, size_t n)
{
	for (size_t i = 0; image->path && i < n; i++)
		if (!fnmatch(globs[i], image->path, 0))
			return true;
	return false;
}

enum { NOT_SELECTED = -1 };

static void copy_uses(struct trace *to, uint32_t index,
		      const struct image *image, const uint32_t *runs)
{
	for (size_t i = 0; i < image->n_uses; i++) {
		struct image_use use = image->uses[i];

		use.run = runs[use.run];
		trace_add_use(to, index, &use);
	}
}

static void copy_fact(struct trace *to, enum fact_kind kind, uint32_t image,
		      const struct call *fact, const uint32_t *runs)
{
	struct call key = *fact;

	key.image = image;
	for (size_t i = 0; i < fact->n_sightings; i++) {
		struct sighting s = fact->sightings[i];

		s.run = runs[s.run];
		trace_add_fact(to, kind, &key, &s);
	}
}

static void copy_facts(struct trace *to, enum fact_kind kind,
		       const struct facts *facts, const int64_t *images,
		       const uint32_t *runs)
{
	for (size_t i = 0; i < facts->n; i++) {
		int64_t image = images[facts->at[i]->image];

		if (image != NOT_SELECTED)
			copy_fact(to, kind, image, facts->at[i], runs);
	}
}

struct trace *select_images(struct trace *from, char **globs, size_t n)
{
	struct trace *to = trace_new();
	uint32_t *runs = xcalloc(from->n_runs, sizeof(*runs));
	int64_t *images = xcalloc(from->n_images, sizeof(*images));

	for (size_t i = 0; i < from->n_runs; i++)
		runs[i] = trace_add_run(to, from->runs[i]);
	for (size_t i = 0; i < from->n_images; i++) {
		const struct image *image = from->images[i];

		images[i] = NOT_SELECTED;
		if (!matches(image, globs, n))
			continue;
		images[i] = trace_add_image(to, image->path, image->build_id,
					    image->build_id_size);
		copy_uses(to, images[i], image, runs);
	}
	for (int kind = 0; kind < FACT_KINDS; kind++)
		copy_facts(to, kind, &from->facts[kind], images, runs);
	free(images);
	free(runs);
	to->whole = from;
	return to;
}

/* That is a slip: say what there is. */
char *select_problem(const struct trace *t, char *glob)
{
	enum { NAMED = 8 };
	char *list = xstrdup(""), *problem;

	for (size_t i = 0; i < t->n_images; i++) {
		char *name, *longer;

		if (matches(t->images[i], &glob, 1)) {
			free(list);
			return NULL;
		}
		if (i >= NAMED)
			continue;
		name = text_printable(image_name(t->images[i]));
		longer = xasprintf("%s %s", list, name);
		free(name);
		free(list);
		list = longer;
	}
	problem = xasprintf("nothing matches '%s'; the recording has:%s%s",
			    glob, list, t->n_images > NAMED ? " ..." : "");
	free(list);
	return problem;
}
