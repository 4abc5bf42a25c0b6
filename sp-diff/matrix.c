/* SPDX-License-Identifier: Apache-2.0 */
#include "matrix.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "cover.h"
#include "kernel/argument.h"
#include "kernel/path.h"
#include "label.h"
#include "side.h"
#include "stream/ending.h"
#include "stream/keep.h"

/*
 * A limit of 128 MiB for the counts, which is enough for 10,000 runs with 1,600
 * distinct calls.
 */
#define CELLS_MAX (UINT64_C(1) << 24)

/* Orders the runs of a file by their start, then by id. */
static int compare_starts(const void *a, const void *b)
{
	const struct run *x = ((const struct column *)a)->run;
	const struct run *y = ((const struct column *)b)->run;

	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return memcmp(x->id, y->id, RUN_ID_SIZE);
}

/* Appends the runs of the last file as columns, in order. */
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

/*
 * Returns how many digits of the ids distinguish two runs with the same name.
 * Returns 0 if the names differ.
 */
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
	int order = x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) :
		call_id_compare(&x->id, &y->id);

	if (!order && x->image)
		order = image_compare(x->image, y->image);
	return order ? order : detail_compare(x->fact, y->fact);
}

static struct row row_key(const struct matrix *m, enum fact_kind kind,
			  const struct fact *fact, bool by_image)
{
	return (struct row){
		.kind = kind,
		.id = fact->id,
		.fact = fact,
		.image = by_image ? m->trace->images[fact->image] : NULL,
	};
}

static const unsigned int kinds_of[] = {
	[ROWS_CALLS] = 1U << FACT_CALL,
	[ROWS_ARGUMENTS] = 1U << FACT_CALL | 1U << FACT_ARGUMENT,
	[ROWS_PATHS] = 1U << FACT_PATH | 1U << FACT_SOCKET,
};

/* Failed lookups need no right, so policies do not contain them. */
static bool counts(enum fact_kind kind, const struct fact *fact)
{
	return kind != FACT_PATH || path_needs_right(fact->id.nr, fact->answer);
}

/* Calls `each` for every fact that belongs to a row. */
static void for_each_fact(struct matrix *m, const struct matrix_choice *choice,
			  void (*each)(struct matrix *, const struct row *,
				       const size_t *), const size_t *columns)
{
	for (enum fact_kind kind = 0; kind < FACT_KINDS; kind++) {
		const struct facts *facts = &m->trace->facts[kind];

		if (!(kinds_of[choice->rows] & 1U << kind))
			continue;
		for (size_t i = 0; i < facts->n; i++) {
			struct row key = row_key(m, kind, facts->at[i],
						 choice->by_image);

			if (counts(kind, facts->at[i]))
				each(m, &key, columns);
		}
	}
}

static void add_row(struct matrix *m, const struct row *key,
		    const size_t *columns)
{
	(void)columns;
	m->rows = xgrow(m->rows, m->n_rows, sizeof(*m->rows));
	m->rows[m->n_rows++] = *key;
}

static void add_rows(struct matrix *m, const struct matrix_choice *choice)
{
	size_t n = 0;

	for_each_fact(m, choice, add_row, NULL);
	array_sort(m->rows, m->n_rows, sizeof(*m->rows), compare_rows);
	for (size_t i = 0; i < m->n_rows; i++)
		if (!n || compare_rows(&m->rows[n - 1], &m->rows[i]))
			m->rows[n++] = m->rows[i];
	m->n_rows = n;
}

static char *call_text(const struct row *row)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	char name[SYSCALL_NAME_MAX], *text, *label;

	if (row->kind == FACT_CALL)
		return xstrdup(syscall_label(row->id, name));
	text = argument_text(row->id, values,
			     argument_values(row->fact, values));
	label = xasprintf("%s %s", syscall_label(row->id, name), text);
	free(text);
	return label;
}

static char *path_text(const struct row *row)
{
	const struct fact *f = row->fact;
	char *path = path_of_fact(f), *name = path_escape(path);
	char *access = access_text(row->id.nr);
	char *label = xasprintf("%s %s", access, name);

	free(path);
	free(name);
	free(access);
	return label;
}

static char *socket_text(const struct row *row)
{
	const struct fact *f = row->fact;
	char *address = address_text(row->id.arch, f->detail, f->detail_size);
	const char *operation = socket_operation_name(row->id.nr);
	char *label = xasprintf("%s %s", operation ? operation : "use",
				address);

	free(address);
	return label;
}

static char *row_text(const struct row *row)
{
	if (row->kind == FACT_PATH)
		return path_text(row);
	return row->kind == FACT_SOCKET ? socket_text(row) : call_text(row);
}

static char *row_label(const struct row *row, const struct arch *native)
{
	char arch[ARCH_NAME_MAX], *text = row_text(row);
	char *image = row->image ? image_label(row->image) : NULL;
	bool call = row->kind == FACT_CALL || row->kind == FACT_ARGUMENT;
	bool foreign = call && is_foreign(row->id, native);
	char *label;

	label = xasprintf("%s%s%s%s%s%s", text,
			  foreign ? " (" : "",
			  foreign ? arch_label(row->id, arch) : "",
			  foreign ? ")" : "", image ? " " : "",
			  image ? image : "");
	free(image);
	free(text);
	return label;
}

/* Returns the column of each run in the trace; the caller frees the array. */
static size_t *columns_of_runs(const struct matrix *m)
{
	size_t *columns = xcalloc(m->n_columns, sizeof(*columns));

	for (size_t i = 0; i < m->n_columns; i++)
		columns[m->columns[i].index] = i;
	return columns;
}

static void count_fact(struct matrix *m, const struct row *key,
		       const size_t *columns)
{
	struct row *row = bsearch(key, m->rows, m->n_rows, sizeof(*m->rows),
				  compare_rows);

	for (size_t i = 0; i < key->fact->n_sightings; i++) {
		const struct sighting *s = &key->fact->sightings[i];
		size_t column = columns[s->run];
		struct column *c = &m->columns[column];

		if (!row->counts[column]) {
			row->n_runs++;
			c->distinct++;
		}
		row->counts[column] = count_add(row->counts[column], s->count);
		c->calls = count_add(c->calls, s->count);
	}
}

static void fill_cells(struct matrix *m, const struct matrix_choice *choice)
{
	size_t *columns = columns_of_runs(m);

	m->cells = xcalloc(m->n_rows * m->n_columns, sizeof(*m->cells));
	for (size_t i = 0; i < m->n_rows; i++) {
		m->rows[i].counts = m->cells + i * m->n_columns;
		m->rows[i].label = row_label(&m->rows[i],
					     trace_native(m->trace));
	}
	for_each_fact(m, choice, count_fact, columns);
	free(columns);
}

void matrix_choose_runs(struct matrix *m)
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

/* Whether the matrix would have at most CELLS_MAX cells. */
static bool fits(const struct matrix *m)
{
	return !m->n_rows || m->n_columns <= CELLS_MAX / m->n_rows;
}

/*
 * Drops the columns of runs that the selection left out. `new_index` has the
 * index of each run after the selection, or SIZE_MAX. The order of the other
 * columns does not change.
 */
static void keep_columns(struct matrix *m, const size_t *new_index)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_columns; i++) {
		struct column c = m->columns[i];

		if (new_index[c.index] == SIZE_MAX)
			continue;
		c.index = new_index[c.index];
		c.run = m->trace->runs[c.index];
		m->columns[n++] = c;
	}
	m->n_columns = n;
}

static bool has_all_runs(const struct trace *t, const char *name)
{
	char *refusal = t->keep ? keep_refusal(t, name) : NULL;

	if (refusal)
		message_error("%s", refusal);
	free(refusal);
	return !refusal;
}

/* Returns false if it printed an error. */
static bool choose_runs(struct matrix *m, const char *name, bool harness)
{
	size_t *new_index = xcalloc(m->trace->n_runs,
				    sizeof(*new_index)), n = 0;
	const struct trace *all = m->trace;
	bool fine;

	for (size_t i = 0; i < all->n_runs; i++)
		new_index[i] = run_is_harness(all->runs[i]) ? SIZE_MAX : n++;
	fine = has_all_runs(all, name) &&
		select_runs(&m->trace, name, harness);
	if (m->trace != all)
		keep_columns(m, new_index);
	free(new_index);
	return fine;
}

/* Returns false if it printed an error. */
static bool keep_images(struct matrix *m, const char *name,
			const struct selection *images)
{
	if (!select_calls(&m->trace, name, images))
		return false;
	/* Without --image and --tree, the runs keep their order. */
	for (size_t i = 0; i < m->n_columns; i++)
		m->columns[i].run = m->trace->runs[m->columns[i].index];
	return true;
}

static bool fill(struct matrix *m, const struct matrix_choice *choice)
{
	add_rows(m, choice);
	if (!fits(m))
		return false;
	name_columns(m);
	fill_cells(m, choice);
	return true;
}

struct matrix *matrix_load(struct inputs *inputs, const char *name,
			   const struct matrix_choice *choice)
{
	struct matrix *m = xcalloc(1, sizeof(*m));

	m->trace = trace_new();
	if (!load(m, inputs, choice->partial ? TRACE_PARTIAL : 0) ||
	    !choose_runs(m, name, choice->harness) ||
	    !keep_images(m, name, &choice->images)) {
		matrix_free(m);
		return NULL;
	}
	if (!fill(m, choice)) {
		message_error("%zu runs of %zu calls are too many for one "
			      "matrix", m->n_columns, m->n_rows);
		matrix_free(m);
		return NULL;
	}
	note_losses(m->trace, name, !selection_is_empty(&choice->images));
	endings_note(m->trace, NULL, NULL);
	return m;
}

struct matrix *matrix_of(struct trace *t, const struct matrix_choice *choice)
{
	struct matrix *m = xcalloc(1, sizeof(*m));

	m->trace = t;
	m->borrowed = true;
	add_columns(m);
	if (fill(m, choice))
		return m;
	matrix_free(m);
	return NULL;
}

void matrix_free(struct matrix *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n_columns; i++)
		free(m->columns[i].name);
	for (size_t i = 0; i < m->n_rows; i++)
		free(m->rows[i].label);
	if (!m->borrowed)
		trace_free(m->trace);
	free(m->columns);
	free(m->rows);
	free(m->cells);
	free(m);
}
