/* SPDX-License-Identifier: Apache-2.0 */
#include "matrix.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "cover.h"
#include "label.h"
#include "stream/ending.h"

/* 128 MiB of counts; 10,000 runs of 1,600 distinct calls. */
#define CELLS_MAX (UINT64_C(1) << 24)

/* Runs within one file: by start, then id. */
static int compare_starts(const void *a, const void *b)
{
	const struct run *x = ((const struct column *)a)->run;
	const struct run *y = ((const struct column *)b)->run;

	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return memcmp(x->id, y->id, RUN_ID_SIZE);
}

/* The runs that the last file brought, in order, at the end of the columns. */
static void add_columns(struct matrix *m)
{
	const struct trace *t = m->trace;
	size_t old = m->n_columns;

	m->columns = xrealloc(m->columns, t->n_runs, sizeof(*m->columns));
	for (; m->n_columns < t->n_runs; m->n_columns++)
		m->columns[m->n_columns] = (struct column){
			.run = t->runs[m->n_columns], .index = m->n_columns };
	array_sort(m->columns + old, m->n_columns - old, sizeof(*m->columns),
		   compare_starts);
}

static bool load(struct matrix *m, struct inputs *inputs, unsigned int flags)
{
	bool fine = !inputs->incomplete;

	for (size_t i = 0; i < inputs->n; i++) {
		fine &= trace_load(m->trace, &inputs->at[i], flags);
		add_columns(m);
	}
	return fine;
}

static int compare_names(const void *a, const void *b)
{
	const struct column *x = *(struct column *const *)a;
	const struct column *y = *(struct column *const *)b;
	int order = strcmp(x->run->name, y->run->name);

	return order ? order : memcmp(x->run->id, y->run->id, RUN_ID_SIZE);
}

/* How many digits of the id tell two runs of one name apart; 0: the name does. */
static int id_digits(const struct column *a, const struct column *b)
{
	char x[RUN_ID_HEX], y[RUN_ID_HEX];
	int n = 0;

	if (strcmp(a->run->name, b->run->name))
		return 0;
	run_id_hex(a->run, x);
	run_id_hex(b->run, y);
	while (x[n] && x[n] == y[n])
		n++;
	return n < 8 ? 8 : n + 1;
}

static void name_column(struct column *c, int digits)
{
	char *name = text_printable(c->run->name);
	char id[RUN_ID_HEX];

	if (!digits) {
		c->name = name;
		return;
	}
	c->name = xasprintf("%s [%.*s]", name, digits,
			    run_id_hex(c->run, id));
	free(name);
}

static void name_columns(struct matrix *m)
{
	struct column **order = xcalloc(m->n_columns, sizeof(*order));
	int before = 0;

	for (size_t i = 0; i < m->n_columns; i++)
		order[i] = &m->columns[i];
	array_sort(order, m->n_columns, sizeof(*order), compare_names);
	for (size_t i = 0; i < m->n_columns; i++) {
		int after = i + 1 == m->n_columns ? 0 :
			id_digits(order[i], order[i + 1]);

		name_column(order[i], after > before ? after : before);
		before = after;
	}
	free(order);
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = call_id_compare(&x->id, &y->id);

	if (order || !x->image)
		return order;
	return image_compare(x->image, y->image);
}

static struct row row_key(const struct matrix *m, const struct fact *call,
			  bool by_image)
{
	return (struct row){
		.id = call->id,
		.image = by_image ? m->trace->images[call->image] : NULL,
	};
}

static void add_rows(struct matrix *m, bool by_image)
{
	const struct trace *t = m->trace;

	m->rows = xcalloc(t->calls.n, sizeof(*m->rows));
	for (size_t i = 0; i < t->calls.n; i++)
		m->rows[i] = row_key(m, t->calls.at[i], by_image);
	array_sort(m->rows, t->calls.n, sizeof(*m->rows), compare_rows);
	for (size_t i = 0; i < t->calls.n; i++)
		if (!i || compare_rows(&m->rows[m->n_rows - 1], &m->rows[i]))
			m->rows[m->n_rows++] = m->rows[i];
}

static char *row_label(const struct row *row, const struct arch *native)
{
	char name[SYSCALL_NAME_MAX], arch[ARCH_NAME_MAX];
	char *image = row->image ? image_label(row->image) : NULL;
	bool foreign = is_foreign(row->id, native);
	char *label;

	label = xasprintf("%s%s%s%s%s%s", syscall_label(row->id, name),
			  foreign ? " (" : "",
			  foreign ? arch_label(row->id, arch) : "",
			  foreign ? ")" : "", image ? " " : "",
			  image ? image : "");
	free(image);
	return label;
}

/* The column of each run of the trace; the caller frees. */
static size_t *columns_of_runs(const struct matrix *m)
{
	size_t *columns = xcalloc(m->n_columns, sizeof(*columns));

	for (size_t i = 0; i < m->n_columns; i++)
		columns[m->columns[i].index] = i;
	return columns;
}

static void count_call(struct matrix *m, struct row *row,
		       const struct fact *call, const size_t *columns)
{
	for (size_t i = 0; i < call->n_sightings; i++) {
		const struct sighting *s = &call->sightings[i];
		size_t column = columns[s->run];
		struct column *c = &m->columns[column];

		if (!row->counts[column]) {
			row->n_runs++;
			c->distinct++;
		}
		row->counts[column] = count_add(row->counts[column],
						     s->count);
		c->calls = count_add(c->calls, s->count);
	}
}

static void fill_cells(struct matrix *m, bool by_image)
{
	const struct trace *t = m->trace;
	size_t *columns = columns_of_runs(m);

	m->cells = xcalloc(m->n_rows * m->n_columns, sizeof(*m->cells));
	for (size_t i = 0; i < m->n_rows; i++) {
		m->rows[i].counts = m->cells + i * m->n_columns;
		m->rows[i].label = row_label(&m->rows[i], trace_native(t));
	}
	for (size_t i = 0; i < t->calls.n; i++) {
		struct row key = row_key(m, t->calls.at[i], by_image);
		struct row *row = bsearch(&key, m->rows, m->n_rows,
					  sizeof(*m->rows), compare_rows);

		count_call(m, row, t->calls.at[i], columns);
	}
	free(columns);
}

static void choose_runs(struct matrix *m)
{
	struct cover *cover = cover_new(m->n_columns, m->n_rows);
	bool *chosen = xcalloc(m->n_columns, sizeof(*chosen));

	for (size_t i = 0; i < m->n_rows; i++)
		for (size_t j = 0; j < m->n_columns; j++)
			if (m->rows[i].counts[j])
				cover_add(cover, j, i);
	m->exact = cover_solve(cover, chosen);
	for (size_t i = 0; i < m->n_columns; i++)
		m->columns[i].chosen = chosen[i];
	free(chosen);
	cover_free(cover);
}

static bool fits(const struct matrix *m)
{
	if (m->n_rows && m->n_columns > CELLS_MAX / m->n_rows) {
		message_error("%zu runs of %zu calls are too many for one "
			      "matrix", m->n_columns, m->n_rows);
		return false;
	}
	return true;
}

struct matrix *matrix_load(struct inputs *inputs, unsigned int flags,
			   bool by_image)
{
	struct matrix *m = xcalloc(1, sizeof(*m));
	bool fine;

	m->trace = trace_new();
	fine = load(m, inputs, flags);
	if (fine) {
		add_rows(m, by_image);
		fine = fits(m);
	}
	if (!fine) {
		matrix_free(m);
		return NULL;
	}
	note_losses(m->trace, "the matrix");
	endings_note(m->trace, NULL, NULL);
	name_columns(m);
	fill_cells(m, by_image);
	choose_runs(m);
	return m;
}

void matrix_free(struct matrix *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n_columns; i++)
		free(m->columns[i].name);
	for (size_t i = 0; i < m->n_rows; i++)
		free(m->rows[i].label);
	trace_free(m->trace);
	free(m->columns);
	free(m->rows);
	free(m->cells);
	free(m);
}
