/* SPDX-License-Identifier: Apache-2.0 */
#include "landlock/denied.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/json-integer.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/junit.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

struct row {
	char *right, *object, *image;
	uint64_t count;
};

/* Finds a row by its three texts. They follow this struct in memory. */
struct row_index {
	UT_hash_handle hh;
	size_t row;
	char key[];
};

struct denied {
	struct row *rows;
	size_t n;
	/* hash table of rows, valid until the rows are sorted */
	struct row_index *index;
	struct room *room;
	uint64_t more;		/* number of denials without a row */
};

struct denied *denied_new(struct room *room)
{
	struct denied *d = xcalloc(1, sizeof(*d));

	d->room = room;
	return d;
}

static void free_index(struct denied *d)
{
	struct row_index *r, *next;

	HASH_ITER(hh, d->index, r, next) {
		HASH_DELETE(hh, d->index, r);
		free(r);
	}
}

void denied_free(struct denied *d)
{
	if (!d)
		return;
	free_index(d);
	for (size_t i = 0; i < d->n; i++) {
		free(d->rows[i].right);
		free(d->rows[i].object);
		free(d->rows[i].image);
	}
	free(d->rows);
	free(d);
}

/*
 * Returns the row's index entry, and adds the row if needed. Returns NULL if
 * the list has no room.
 */
static struct row_index *find_row(struct denied *d, const char *right,
				  const char *object, const char *image)
{
	char *key = xasprintf("%s%c%s%c%s", right, 0, object, 0, image);
	size_t size = strlen(right) + strlen(object) + strlen(image) + 2;
	struct row_index *found;

	HASH_FIND(hh, d->index, key, size, found);
	if (!found && room_take(d->room, sizeof(struct row) + 2 *
				(sizeof(*found) + size))) {
		found = xcalloc(1, sizeof(*found) + size);
		memcpy(found->key, key, size);
		found->row = d->n;
		HASH_ADD_KEYPTR(hh, d->index, found->key, size, found);
	}
	free(key);
	return found;
}

void denied_add(struct denied *d, const char *right, const char *object,
		const char *image, uint64_t count)
{
	const struct row_index *found = find_row(d, right, object, image);

	if (!found) {
		d->more = count_add(d->more, count);
		return;
	}
	if (found->row < d->n) {
		struct row *row = &d->rows[found->row];

		row->count = count_add(row->count, count);
		return;
	}
	d->rows = xgrow(d->rows, d->n, sizeof(*d->rows));
	d->rows[d->n++] = (struct row){
		xstrdup(right), xstrdup(object), xstrdup(image), count,
	};
}

void denied_add_all(struct denied *d, const struct denied *more)
{
	for (size_t i = 0; i < more->n; i++)
		denied_add(d, more->rows[i].right, more->rows[i].object,
			   more->rows[i].image, more->rows[i].count);
	d->more = count_add(d->more, more->more);
}

uint64_t denied_more(const struct denied *d)
{
	return d->more;
}

size_t denied_size(const struct denied *d)
{
	return d->n + !!d->more;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return strcmp(x->object, y->object) ? : strcmp(x->right, y->right) ? :
		strcmp(x->image, y->image);
}

static void sort(struct denied *d)
{
	free_index(d);
	array_sort(d->rows, d->n, sizeof(*d->rows), compare_rows);
}

void denied_json(struct denied *d, FILE *out)
{
	json_t *list = json_array();

	sort(d);
	for (size_t i = 0; i < d->n; i++) {
		const struct row *row = &d->rows[i];

		json_array_append_new(list, json_pack("{ss ss so so}",
				"right", row->right, "object", row->object,
				"count", uint_json(row->count),
				"image", text_json(row->image)));
	}
	json_print(list, out);
	json_decref(list);
}

void denied_junit(struct denied *d, FILE *out)
{
	struct junit *j = junit_begin(out, d->n);

	sort(d);
	for (size_t i = 0; i < d->n; i++) {
		const struct row *row = &d->rows[i];
		char *name = xasprintf("%s %s", row->right, row->object);
		char *image = text_printable(row->image);
		char *message = xasprintf("denied %" PRIu64 " times to %s",
					  row->count, image);

		junit_failure(j, name, message, "");
		free(message);
		free(image);
		free(name);
	}
	junit_end(j);
}

void denied_print(struct denied *d, FILE *out)
{
	int width = strlen("RIGHT");

	if (!d->n)
		return;
	sort(d);
	for (size_t i = 0; i < d->n; i++)
		if ((int)strlen(d->rows[i].right) > width)
			width = strlen(d->rows[i].right);
	fprintf(out, "%-*s  %8s  OBJECT  (IMAGE)\n", width, "RIGHT", "COUNT");
	for (size_t i = 0; i < d->n; i++) {
		char *image = text_printable(d->rows[i].image);

		fprintf(out, "%-*s  %8" PRIu64 "  %s  (%s)\n", width,
			d->rows[i].right, d->rows[i].count, d->rows[i].object,
			image);
		free(image);
	}
}
