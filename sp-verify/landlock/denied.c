/* SPDX-License-Identifier: Apache-2.0 */
#include "landlock/denied.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "report/junit.h"

struct row {
	char *right, *object, *image;
	uint64_t count;
};

struct denied {
	struct row *rows;
	size_t n;
};

struct denied *denied_new(void)
{
	return xcalloc(1, sizeof(struct denied));
}

void denied_free(struct denied *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++) {
		free(d->rows[i].right);
		free(d->rows[i].object);
		free(d->rows[i].image);
	}
	free(d->rows);
	free(d);
}

void denied_add(struct denied *d, const char *right, const char *object,
		const char *image, uint64_t count)
{
	for (size_t i = 0; i < d->n; i++) {
		struct row *r = &d->rows[i];

		if (strcmp(r->right, right) || strcmp(r->object, object) ||
		    strcmp(r->image, image))
			continue;
		r->count += count;
		return;
	}
	d->rows = xgrow(d->rows, d->n, sizeof(*d->rows));
	d->rows[d->n++] = (struct row){
		xstrdup(right), xstrdup(object), xstrdup(image), count,
	};
}

size_t denied_size(const struct denied *d)
{
	return d->n;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return strcmp(x->object, y->object) ? : strcmp(x->right, y->right) ? :
		strcmp(x->image, y->image);
}

static void sort(struct denied *d)
{
	if (d->n)
		qsort(d->rows, d->n, sizeof(*d->rows), compare_rows);
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
	json_dumpf(list, out, JSON_INDENT(2));
	putc('\n', out);
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
