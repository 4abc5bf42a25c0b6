/* SPDX-License-Identifier: Apache-2.0 */
#include "path-starts.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "names.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

/* All images with the same path. */
struct program {
	UT_hash_handle hh;
	bool started_one;	/* whether one of them started another image */
};

struct starts {
	const struct trace *trace;
	/* hash table of programs; the images own the keys */
	struct program *by_path;
	/* for each image: whether an image of the trace started it */
	bool *was_started;
};

static bool knows_starts(const struct trace *t)
{
	bool knows = t->n_images == 1;

	for (; t; t = t->whole)
		knows |= t->starts.n;
	return knows;
}

static struct program *find_program(const struct starts *s, const void *path,
				    size_t size)
{
	struct program *program;

	HASH_FIND(hh, s->by_path, path, size, program);
	return program;
}

static void add_program(struct starts *s, const char *path)
{
	struct program *program;

	if (!path || find_program(s, path, strlen(path)))
		return;
	program = xcalloc(1, sizeof(*program));
	HASH_ADD_KEYPTR(hh, s->by_path, path, strlen(path), program);
}

struct starts *starts_of(const struct trace *t)
{
	struct starts *s;

	if (!knows_starts(t))
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->trace = t;
	s->was_started = xcalloc(t->n_images + 1, sizeof(*s->was_started));
	for (size_t i = 0; i < t->n_images; i++)
		add_program(s, t->images[i]->path);
	for (size_t i = 0; i < t->starts.n; i++) {
		const struct fact *start = t->starts.at[i];
		struct program *by = find_program(s, start->detail,
						  start->detail_size);

		s->was_started[start->image] |= by != NULL;
		if (by)
			by->started_one = true;
	}
	return s;
}

void starts_free(struct starts *s)
{
	struct program *program, *next;

	if (!s)
		return;
	HASH_ITER(hh, s->by_path, program, next) {
		HASH_DELETE(hh, s->by_path, program);
		free(program);
	}
	free(s->was_started);
	free(s);
}

bool starts_from_outside(const struct starts *s, const struct fact *fact)
{
	const char *path = s->trace->images[fact->image]->path;

	if (!path || !(fact->id.nr & NAME_EXECUTE) ||
	    s->was_started[fact->image])
		return false;
	return !find_program(s, path, strlen(path))->started_one ||
		(strlen(path) == fact->detail_size &&
		 !memcmp(path, fact->detail, fact->detail_size));
}
