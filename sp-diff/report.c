/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * Counts, if they fit into a line of this width; marks otherwise, in bands of
 * BAND runs with a gap after each GROUP.
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

static int label_width(const struct matrix *m)
{
	int width = strlen("CALL");

	for (size_t i = 0; i < m->n_rows; i++)
		width = max(width, strlen(m->rows[i].label));
	return width;
}

/* The width of each column of counts; the caller frees. */
static int *column_widths(const struct matrix *m)
{
	int *widths = xcalloc(m->n_columns, sizeof(*widths));

	for (size_t j = 0; j < m->n_columns; j++)
		widths[j] = digits(j + 1);
	for (size_t i = 0; i < m->n_rows; i++)
		for (size_t j = 0; j < m->n_columns; j++)
			widths[j] = max(widths[j],
					digits(m->rows[i].counts[j]));
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

static void print_counts(const struct matrix *m, int label, const int *widths,
			 FILE *out)
{
	fprintf(out, "\n%-*s  %5s ", label, "CALL", "RUNS");
	for (size_t j = 0; j < m->n_columns; j++)
		fprintf(out, " %*zu", widths[j], j + 1);
	putc('\n', out);
	for (size_t i = 0; i < m->n_rows; i++) {
		print_row_start(&m->rows[i], label, out);
		for (size_t j = 0; j < m->n_columns; j++)
			print_count(m->rows[i].counts[j], widths[j], out);
		putc('\n', out);
	}
}

/* Runs `from` to `to`, the first of each group numbered. */
static void print_band(const struct matrix *m, int label, size_t from,
		       size_t to, FILE *out)
{
	fprintf(out, "\n%-*s  %5s ", label, "CALL", "RUNS");
	for (size_t j = from; j < to; j += GROUP)
		fprintf(out, " %-*zu", j + GROUP < to ? GROUP : 0, j + 1);
	putc('\n', out);
	for (size_t i = 0; i < m->n_rows; i++) {
		print_row_start(&m->rows[i], label, out);
		for (size_t j = from; j < to; j++)
			fprintf(out, "%s%c", j % GROUP ? "" : " ",
				m->rows[i].counts[j] ? 'x' : '.');
		putc('\n', out);
	}
}

static void print_matrix(const struct matrix *m, FILE *out)
{
	int label = label_width(m), *widths = column_widths(m);
	size_t total = label + 8;

	for (size_t j = 0; j < m->n_columns; j++)
		total += 1 + widths[j];
	if (total <= LINE)
		print_counts(m, label, widths, out);
	else
		for (size_t j = 0; j < m->n_columns; j += BAND)
			print_band(m, label, j,
				   j + BAND < m->n_columns ? j + BAND :
				   m->n_columns, out);
	free(widths);
}

static void print_name(const struct matrix *m, size_t column, FILE *out)
{
	fprintf(out, "%5zu  %s\n", column + 1, m->columns[column].name);
}

/* The calls that the run of this column alone makes, below its name. */
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

static void print_chosen(const struct matrix *m, bool chosen, FILE *out)
{
	for (size_t i = 0; i < m->n_columns; i++)
		if (m->columns[i].chosen == chosen)
			print_name(m, i, out);
}

static void print_smallest(const struct matrix *m, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_columns; i++)
		n += m->columns[i].chosen;
	fprintf(out, "\n%s set of runs that makes all %zu calls: %zu of %zu%s\n",
		m->exact ? "Smallest" : "Small", m->n_rows, n, m->n_columns,
		m->exact ? "" : " (there may be a smaller one)");
	print_chosen(m, true, out);
	fprintf(out, "\nRuns that add nothing to it: %zu\n",
		m->n_columns - n);
	print_chosen(m, false, out);
}

void report_text(const struct matrix *m, FILE *out)
{
	size_t n = 0;

	print_runs(m, out);
	print_matrix(m, out);
	for (size_t i = 0; i < m->n_rows; i++)
		n += m->rows[i].n_runs == 1;
	fprintf(out, "\nCalls that one run alone makes: %zu\n", n);
	for (size_t j = 0; j < m->n_columns; j++)
		print_own_calls(m, j, out);
	print_smallest(m, out);
}
