/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * Counts are printed if they fit into LINE columns. Otherwise marks are
 * printed, in bands of BAND runs with a gap after each GROUP.
 */
enum { LINE = 100, BAND = 50, GROUP = 10 };

static int max(int a, int b)
{
	return a > b ? a : b;
}

static int digits(uint64_t n)
{
	return snprintf(NULL, 0, "%" PRIu64, n);
}

static void print_runs(const struct matrix *m, FILE *out)
{
	int width = 5;

	for (size_t i = 0; i < m->n_columns; i++)
		width = max(width, digits(m->columns[i].calls));
	fprintf(out, "%5s  %-8s  %*s  %8s  %s\n", "RUN", "ID", width, "CALLS",
		"DISTINCT", "NAME");
	for (size_t i = 0; i < m->n_columns; i++) {
		const struct column *c = &m->columns[i];
		char id[RUN_ID_HEX];

		fprintf(out, "%5zu  %.8s  %*" PRIu64 "  %8zu  %s\n", i + 1,
			run_id_hex(c->run, id), width, c->calls, c->distinct,
			c->name);
	}
}

/* The rows that get a line each. Those that few runs make come first. */
struct shown {
	const struct matrix *m;
	const struct row **rows;
	size_t n;
	size_t n_common;	/* number of rows that every run has */
	/* number of rows for architectures that are not shown */
	size_t n_foreign;
};

static int compare_rarity(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a;
	const struct row *y = *(const struct row *const *)b;

	if (x->n_runs != y->n_runs)
		return x->n_runs < y->n_runs ? -1 : 1;
	return (x > y) - (x < y);	/* in the order of the matrix */
}

static bool is_shown(const struct row *row, const struct arch *only)
{
	bool is_call = row->kind == FACT_CALL || row->kind == FACT_ARGUMENT;

	return !only || !is_call || arch_of_call(row->id) == only;
}

static bool is_common(const struct matrix *m, const struct row *row)
{
	return m->n_columns > 1 && row->n_runs == m->n_columns;
}

/* The caller frees `rows`. */
static struct shown choose_rows(const struct matrix *m, const struct arch *only)
{
	struct shown s = { m, xcalloc(m->n_rows + 1, sizeof(*s.rows)), 0, 0, 0 };

	for (size_t i = 0; i < m->n_rows; i++) {
		const struct row *row = &m->rows[i];

		if (!is_shown(row, only))
			s.n_foreign++;
		else if (is_common(m, row))
			s.n_common++;
		else
			s.rows[s.n++] = row;
	}
	array_sort(s.rows, s.n, sizeof(*s.rows), compare_rarity);
	return s;
}

static int label_width(const struct shown *s)
{
	int width = strlen("CALL");

	for (size_t i = 0; i < s->n; i++)
		width = max(width, strlen(s->rows[i]->label));
	return width;
}

/* Returns the width of each column of counts; the caller frees the array. */
static int *column_widths(const struct shown *s)
{
	const struct matrix *m = s->m;
	int *widths = xcalloc(m->n_columns, sizeof(*widths));

	for (size_t j = 0; j < m->n_columns; j++)
		widths[j] = digits(j + 1);
	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; j < m->n_columns; j++)
			widths[j] = max(widths[j],
					digits(s->rows[i]->counts[j]));
	return widths;
}

static void print_row_start(const struct row *row, int label, FILE *out)
{
	fprintf(out, "%-*s  %5zu ", label, row->label, row->n_runs);
}

static void print_count(uint64_t count, int width, FILE *out)
{
	if (count)
		fprintf(out, " %*" PRIu64, width, count);
	else
		fprintf(out, " %*s", width, ".");
}

static void print_counts(const struct shown *s, int label, const int *widths,
			 FILE *out)
{
	const struct matrix *m = s->m;

	fprintf(out, "\n%-*s  %5s ", label, "CALL", "RUNS");
	for (size_t j = 0; j < m->n_columns; j++)
		fprintf(out, " %*zu", widths[j], j + 1);
	putc('\n', out);
	for (size_t i = 0; i < s->n; i++) {
		print_row_start(s->rows[i], label, out);
		for (size_t j = 0; j < m->n_columns; j++)
			print_count(s->rows[i]->counts[j], widths[j], out);
		putc('\n', out);
	}
}

/*
 * Prints the marks of runs `from` to `to`, with a number above the first run of
 * each group.
 */
static void print_band(const struct shown *s, int label, size_t from,
		       size_t to, FILE *out)
{
	fprintf(out, "\n%-*s  %5s ", label, "CALL", "RUNS");
	for (size_t j = from; j < to; j += GROUP)
		fprintf(out, " %-*zu", j + GROUP < to ? GROUP : 0, j + 1);
	putc('\n', out);
	for (size_t i = 0; i < s->n; i++) {
		print_row_start(s->rows[i], label, out);
		for (size_t j = from; j < to; j++)
			fprintf(out, "%s%c", j % GROUP ? "" : " ",
				s->rows[i]->counts[j] ? 'x' : '.');
		putc('\n', out);
	}
}

static void print_matrix(const struct shown *s, FILE *out)
{
	const struct matrix *m = s->m;
	int label = label_width(s), *widths = column_widths(s);
	size_t total = label + 8;

	for (size_t j = 0; j < m->n_columns; j++)
		total += 1 + widths[j];
	if (total <= LINE)
		print_counts(s, label, widths, out);
	else
		for (size_t j = 0; j < m->n_columns; j += BAND)
			print_band(s, label, j,
				   j + BAND < m->n_columns ? j + BAND :
				   m->n_columns, out);
	free(widths);
}

/* Prints the rows that every run has, as one paragraph. */
static void print_common(const struct shown *s, const struct arch *only,
			 FILE *out)
{
	const struct matrix *m = s->m;

	fprintf(out, "\nIn all %zu runs: %zu\n", m->n_columns, s->n_common);
	for (size_t i = 0, column = 0; i < m->n_rows; i++) {
		const struct row *row = &m->rows[i];
		size_t n = strlen(row->label) + 1;

		if (!is_shown(row, only) || !is_common(m, row))
			continue;
		if (column && column + n > LINE) {
			putc('\n', out);
			column = 0;
		}
		fprintf(out, "%s%s", column ? " " : "       ", row->label);
		column += column ? n : n + 6;
	}
	putc('\n', out);
}

static void print_name(const struct matrix *m, size_t column, FILE *out)
{
	fprintf(out, "%5zu  %s\n", column + 1, m->columns[column].name);
}

/* Prints the calls that only the run of this column makes, below its name. */
static void print_own_calls(const struct matrix *m, size_t column, FILE *out)
{
	bool named = false;

	for (size_t i = 0; i < m->n_rows; i++) {
		if (m->rows[i].n_runs != 1 || !m->rows[i].counts[column])
			continue;
		if (!named)
			print_name(m, column, out);
		named = true;
		fprintf(out, "       %s\n", m->rows[i].label);
	}
}

static void print_chosen(const struct matrix *m, FILE *out)
{
	for (size_t i = 0; i < m->n_columns; i++)
		if (m->columns[i].chosen)
			print_name(m, i, out);
}

static void print_smallest(const struct matrix *m, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_columns; i++)
		n += m->columns[i].chosen;
	fprintf(out, "%s set of runs that makes all %zu calls: %zu of %zu%s\n",
		m->exact ? "Smallest" : "Small", m->n_rows, n, m->n_columns,
		m->exact ? "" : " (there may be a smaller one)");
	print_chosen(m, out);
	fprintf(out, "Runs that add nothing to it: %zu\n", m->n_columns - n);
}

void report_text(const struct matrix *m, const struct arch *only, FILE *out)
{
	struct shown s = choose_rows(m, only);
	size_t n = 0;

	print_smallest(m, out);
	for (size_t i = 0; i < m->n_rows; i++)
		n += m->rows[i].n_runs == 1;
	fprintf(out, "\nCalls that one run alone makes: %zu\n", n);
	for (size_t j = 0; j < m->n_columns; j++)
		print_own_calls(m, j, out);
	putc('\n', out);
	print_runs(m, out);
	if (s.n)
		print_matrix(&s, out);
	if (s.n_common)
		print_common(&s, only, out);
	if (s.n_foreign)
		fprintf(out, "\nOf other architectures, shown by --arch=all: "
			"%zu\n", s.n_foreign);
	free(s.rows);
}
