/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

#include "base/count.h"
#include "base/json-integer.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/junit.h"
#include "report/site.h"

enum { IMAGES_MAX = 1024 };	/* the most images of one row */

struct row {
	struct call_id id;
	/* The row of another answer to the same call. */
	struct row *next;
	char *answer;
	uint64_t count, marked;
	char **images;
	size_t n_images;
	bool more_images;	/* whether further images had no room */
	bool has_time;
	uint64_t first_ns;
	struct sites sites;
};

/* The rows of one call. */
struct rows_of_call {
	struct call_id id;
	struct row *first;
	UT_hash_handle hh;
};

struct report {
	struct row **rows;
	size_t n;
	struct rows_of_call *by_call;
	size_t stack_bytes;	/* bytes of the sites of all rows */
	struct room room;
	uint64_t more;		/* number of violations without a row */
	char *ends;		/* NULL: all commands ended as expected */
};

struct widths {
	/* Widths of columns. arch 0: there is no such column. */
	int arch, nr, count, name, answer;
};

struct report *report_new(void)
{
	return xcalloc(1, sizeof(struct report));
}

void report_free(struct report *r)
{
	struct rows_of_call *call, *next;

	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++) {
		for (size_t j = 0; j < r->rows[i]->n_images; j++)
			free(r->rows[i]->images[j]);
		free(r->rows[i]->images);
		free(r->rows[i]->answer);
		sites_free(&r->rows[i]->sites);
		free(r->rows[i]);
	}
	HASH_ITER(hh, r->by_call, call, next) {
		HASH_DEL(r->by_call, call);
		free(call);
	}
	free(r->rows);
	free(r->ends);
	free(r);
}

static struct rows_of_call *find_call(const struct report *r,
				      struct call_id id)
{
	struct rows_of_call *call;

	HASH_FIND(hh, r->by_call, &id, sizeof(id), call);
	return call;
}

/* Returns NULL if the report has no room for the row. */
static struct row *add_row(struct report *r, struct rows_of_call *call,
			   const char *answer)
{
	struct row *row;

	if (!room_take(&r->room, sizeof(*row)))
		return NULL;
	row = xcalloc(1, sizeof(*row));

	row->id = call->id;
	row->answer = xstrdup(answer);
	row->next = call->first;
	call->first = row;
	r->rows = xgrow(r->rows, r->n, sizeof(*r->rows));
	r->rows[r->n++] = row;
	return row;
}

static struct row *find(struct report *r, struct call_id id,
			const char *answer)
{
	struct rows_of_call *call = find_call(r, id);
	struct row *row;

	if (!call && !room_take(&r->room, sizeof(*call)))
		return NULL;
	if (!call) {
		call = xcalloc(1, sizeof(*call));
		call->id = id;
		HASH_ADD(hh, r->by_call, id, sizeof(id), call);
	}
	for (row = call->first; row; row = row->next)
		if (!strcmp(row->answer, answer))
			return row;
	return add_row(r, call, answer);
}

static void add_image(struct report *r, struct row *row, const char *image)
{
	for (size_t i = 0; i < row->n_images; i++)
		if (!strcmp(row->images[i], image))
			return;
	if (row->n_images == IMAGES_MAX ||
	    !room_take(&r->room, strlen(image))) {
		row->more_images = true;
		return;
	}
	row->images = xgrow(row->images, row->n_images, sizeof(*row->images));
	row->images[row->n_images++] = xstrdup(image);
}

void report_add(struct report *r, const struct violation *v)
{
	struct row *row = find(r, v->id, v->answer);

	if (!row) {
		r->more = count_add(r->more, v->count ? v->count : 1);
		return;
	}
	row->count = count_add(row->count, v->count);
	if (v->image)
		add_image(r, row, v->image);
	if (v->has_time && (!row->has_time || v->time_ns < row->first_ns)) {
		row->has_time = true;
		row->first_ns = v->time_ns;
	}
	if (v->has_site)
		sites_add(&row->sites, v, &r->stack_bytes, &r->room);
}

void report_mark(struct report *r)
{
	for (size_t i = 0; i < r->n; i++)
		r->rows[i]->marked = r->rows[i]->count;
}

uint64_t report_count(const struct report *r, struct call_id id)
{
	const struct rows_of_call *call = find_call(r, id);
	uint64_t count = 0;

	for (const struct row *row = call ? call->first : NULL; row;
	     row = row->next)
		count = count_add(count, row->count - row->marked);
	return count;
}

bool report_has(const struct report *r, struct call_id id)
{
	return find_call(r, id);
}

uint64_t report_more(const struct report *r)
{
	return r->more;
}

size_t report_size(const struct report *r)
{
	return r->n;
}

void report_add_end(struct report *r, const char *how)
{
	text_append(&r->ends, "; ", how);
}

bool report_is_clean(const struct report *r)
{
	return !r->n && !r->ends;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a;
	const struct row *y = *(struct row *const *)b;
	int order = call_id_compare(&x->id, &y->id);

	return order ? order : strcmp(x->answer, y->answer);
}

static int compare_images(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct report *r)
{
	if (!r->n)		/* qsort(3) does not accept a NULL array */
		return;
	qsort(r->rows, r->n, sizeof(*r->rows), compare_rows);
	for (size_t i = 0; i < r->n; i++) {
		array_sort(r->rows[i]->images, r->rows[i]->n_images,
			   sizeof(char *), compare_images);
		sites_sort(&r->rows[i]->sites);
	}
}

static uint64_t shown_count(const struct row *row)
{
	return row->count ? row->count : 1;
}

static void widen(int *width, int needed)
{
	if (*width < needed)
		*width = needed;
}

static struct widths measure(const struct report *r)
{
	struct widths w = { strlen("ARCH"), strlen("NR"), strlen("COUNT"),
			    strlen("NAME"), strlen("ANSWER") };
	bool foreign = false;

	for (size_t i = 0; i < r->n; i++) {
		const struct row *row = r->rows[i];
		char name[SYSCALL_NAME_MAX], arch[ARCH_NAME_MAX];

		foreign |= arch_of_call(row->id) != arch_native();
		widen(&w.arch, strlen(arch_label(row->id, arch)));
		widen(&w.nr, snprintf(NULL, 0, "%d", row->id.nr));
		widen(&w.count,
		      snprintf(NULL, 0, "%" PRIu64, shown_count(row)));
		widen(&w.name, strlen(syscall_label(row->id, name)));
		widen(&w.answer, strlen(row->answer));
	}
	if (!foreign)
		w.arch = 0;
	return w;
}

static void print_images(const struct row *row, FILE *out)
{
	for (size_t i = 0; i < row->n_images; i++) {
		char *image = text_printable(row->images[i]);

		fprintf(out, "%s%s", i ? ", " : "  ", image);
		free(image);
	}
	if (row->more_images)
		fputs(row->n_images ? ", ..." : "  ...", out);
	putc('\n', out);
}

/* Prints the sites of a row below it, indented further than the numbers. */
static void print_sites(const struct row *row, const struct widths *w,
			FILE *out)
{
	int indent = (w->arch ? w->arch + 2 : 0) + w->nr + 2 + w->count + 4;
	char *rest = sites_rest(&row->sites);

	for (size_t i = 0; i < row->sites.n && i < SITES_SHOWN; i++) {
		const struct site *s = &row->sites.at[i];
		char *text = site_text(s, row->id, row->n_images > 1);

		fprintf(out, "%*" PRIu64 "  %s\n", indent,
			s->count ? s->count : 1, text);
		free(text);
	}
	if (rest)
		fprintf(out, "%*s  %s\n", indent, "", rest);
	free(rest);
}

static void print_row(const struct row *row, const struct widths *w, FILE *out)
{
	char name[SYSCALL_NAME_MAX], arch[ARCH_NAME_MAX];

	if (w->arch)
		fprintf(out, "%-*s  ", w->arch, arch_label(row->id, arch));
	fprintf(out, "%*d  %*" PRIu64 "  %-*s  %-*s", w->nr, row->id.nr,
		w->count, shown_count(row), w->name,
		syscall_label(row->id, name), w->answer, row->answer);
	print_images(row, out);
	print_sites(row, w, out);
}

void report_print(struct report *r, FILE *out)
{
	struct widths w = measure(r);

	if (!r->n)
		return;
	sort(r);
	if (w.arch)
		fprintf(out, "%-*s  ", w.arch, "ARCH");
	fprintf(out, "%*s  %*s  %-*s  %-*s  IMAGES\n", w.nr, "NR", w.count,
		"COUNT", w.name, "NAME", w.answer, "ANSWER");
	for (size_t i = 0; i < r->n; i++)
		print_row(r->rows[i], &w, out);
}

static json_t *row_json(const struct row *row)
{
	char name[SYSCALL_NAME_MAX], arch[ARCH_NAME_MAX];
	json_t *images = json_array();

	for (size_t i = 0; i < row->n_images; i++)
		json_array_append_new(images, text_json(row->images[i]));
	if (row->more_images)
		json_array_append_new(images, json_string("..."));
	return json_pack("{ss si ss so ss so so so}",
			 "arch", arch_label(row->id, arch),
			 "nr", (int)row->id.nr,
			 "name", syscall_label(row->id, name),
			 "count", uint_json(shown_count(row)),
			 "answer", row->answer, "images", images,
			 "first_ns", row->has_time ? uint_json(row->first_ns) :
			 json_null(),
			 "sites", sites_json(&row->sites, row->id));
}

void report_json(struct report *r, FILE *out)
{
	json_t *list = json_array();

	sort(r);
	for (size_t i = 0; i < r->n; i++)
		json_array_append_new(list, row_json(r->rows[i]));
	json_print(list, out);
	json_decref(list);
}

static char *images_text(const struct row *row)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < row->n_images; i++) {
		char *image = text_printable(row->images[i]);
		char *longer = xasprintf("%s%s%s", text, i ? ", " : " by ",
					 image);

		free(image);
		free(text);
		text = longer;
	}
	if (row->more_images)
		text_append(&text, row->n_images ? ", " : " by ", "...");
	return text;
}

/* Returns a text with a line for each site; the caller frees it. */
static char *sites_text(const struct row *row)
{
	char *text = xstrdup(""), *rest = sites_rest(&row->sites);

	for (size_t i = 0; i < row->sites.n && i < SITES_SHOWN; i++) {
		const struct site *s = &row->sites.at[i];
		char *one = site_text(s, row->id, true);
		char *longer = xasprintf("%s%" PRIu64 "  %s\n", text,
					 s->count ? s->count : 1, one);

		free(one);
		free(text);
		text = longer;
	}
	if (rest) {
		char *longer = xasprintf("%s%s\n", text, rest);

		free(text);
		text = longer;
	}
	free(rest);
	return text;
}

void report_junit(struct report *r, FILE *out)
{
	struct junit *j = junit_begin(out, r->n + !!r->ends);

	sort(r);
	for (size_t i = 0; i < r->n; i++) {
		const struct row *row = r->rows[i];
		char label[SYSCALL_NAME_MAX], arch[ARCH_NAME_MAX];
		char *name = xasprintf("%s %s", arch_label(row->id, arch),
				       syscall_label(row->id, label));
		char *images = images_text(row);
		char *message = xasprintf("%s, %" PRIu64 " times%s",
					  row->answer, shown_count(row),
					  images);
		char *sites = sites_text(row);

		junit_failure(j, name, message, sites);
		free(sites);
		free(message);
		free(images);
		free(name);
	}
	if (r->ends)
		junit_failure(j, "the command's end", r->ends, "");
	junit_end(j);
}
