/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A heat map of the runs and their calls, and tables with the same figures.
 * Many runs share columns, so that the page stays small.
 */
#include "html.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* BLOCK: the number of columns that fit on a sheet of paper. */
enum { COLUMNS_MAX = 60, BLOCK = 15 };

/* All sizes are in pixels. */
enum { CELL = 14, LETTER = 7, TOP = 22 };

struct columns {
	size_t n_runs, n;
	size_t width;		/* runs in a column; the last can have fewer */
};

static struct columns columns_of(const struct digest *d)
{
	struct columns c = { .n_runs = d->emit->trace->n_runs };

	c.width = (c.n_runs + COLUMNS_MAX - 1) / COLUMNS_MAX;
	c.n = c.width ? (c.n_runs + c.width - 1) / c.width : 0;
	return c;
}

static size_t column_end(const struct columns *c, size_t column)
{
	size_t end = (column + 1) * c->width;

	return end < c->n_runs ? end : c->n_runs;
}

/*
 * Returns how often the run of the column made the call. If several runs share
 * the column, returns how many of them made it.
 */
static uint64_t cell(const struct digest_call *call, const struct columns *c,
		     size_t column)
{
	uint64_t n = 0;

	if (c->width == 1)
		return call->by_run[column];
	for (size_t i = column * c->width; i < column_end(c, column); i++)
		n += !!call->by_run[i];
	return n;
}

/*
 * Returns a shade: one for each power of ten, or one for each quarter of the
 * runs. Returns 0 for a value of 0.
 */
static int shade(uint64_t value, const struct columns *c, size_t column)
{
	size_t runs = column_end(c, column) - column * c->width;
	int n = 0;

	if (c->width > 1)
		return (value * 4 + runs - 1) / runs;
	for (; value && n < 4; value /= 10)
		n++;
	return n;
}

static char *column_name(const struct columns *c, size_t column)
{
	size_t first = column * c->width + 1, last = column_end(c, column);

	return first == last ? xasprintf("%zu", first) :
		xasprintf("%zu–%zu", first, last);
}

static bool is_shown(const struct digest_call *call)
{
	return call->observed && call->allowed;
}

/* Returns where the cells begin, to the right of the longest name. */
static size_t label_width(const struct digest *d)
{
	size_t longest = 0;

	for (size_t i = 0; i < d->n; i++)
		if (is_shown(&d->calls[i]) &&
		    strlen(d->calls[i].name) > longest)
			longest = strlen(d->calls[i].name);
	return longest * LETTER + CELL;
}

static void write_row(const struct digest_call *call, const struct columns *c,
		      size_t left, size_t row, FILE *out)
{
	fprintf(out, "<text x=\"%zu\" y=\"%zu\" text-anchor=\"end\">%s</text>",
		left - 6, TOP + row * CELL + 11, call->name);
	for (size_t i = 0; i < c->n; i++)
		fprintf(out, "<rect class=\"h%d\" x=\"%zu\" y=\"%zu\" "
			"width=\"%d\" height=\"%d\"/>",
			shade(cell(call, c, i), c, i), left + i * CELL,
			TOP + row * CELL, CELL - 1, CELL - 1);
	putc('\n', out);
}

static void write_numbers(const struct columns *c, size_t left, FILE *out)
{
	for (size_t i = 0; i < c->n; i++)
		if (!i || (i + 1) % 5 == 0)
			fprintf(out, "<text x=\"%zu\" y=\"%d\" text-anchor="
				"\"middle\">%zu</text>\n",
				left + i * CELL + CELL / 2, TOP - 6,
				i * c->width + 1);
}

static void write_map(const struct digest *d, const struct columns *c, FILE *out)
{
	size_t left = label_width(d), row = 0;
	size_t width = left + c->n * CELL + 4;
	size_t height = TOP + d->observed * CELL + 4;

	fprintf(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		"aria-label=\"Heat map of runs and calls\">\n<svg role=\"img\" "
		"aria-label=\"Which run made each call; the table below has the "
		"same\" width=\"%zu\" height=\"%zu\" viewBox=\"0 0 %zu %zu\">\n",
		width, height, width, height);
	write_numbers(c, left, out);
	for (size_t i = 0; i < d->n; i++)
		if (is_shown(&d->calls[i]))
			write_row(&d->calls[i], c, left, row++, out);
	fputs("</svg>\n</div>\n", out);
}

/* Writes a table: its rows are calls, its columns those of a block. */
static void write_block(const struct digest *d, const struct columns *c,
			size_t from, size_t to, FILE *out)
{
	fprintf(out, "<table class=\"cells\"><caption>%s, runs %zu to %zu"
		"</caption>\n<thead><tr><th scope=\"col\">Call</th>",
		c->width == 1 ? "How often each run made each call" :
		"How many of the runs made each call", from * c->width + 1,
		column_end(c, to - 1));
	for (size_t i = from; i < to; i++) {
		fputs("<th scope=\"col\" class=\"num\">", out);
		html_take(column_name(c, i), out);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t row = 0; row < d->n; row++) {
		if (!is_shown(&d->calls[row]))
			continue;
		fprintf(out, "<tr><th scope=\"row\"><code>%s</code></th>",
			d->calls[row].name);
		for (size_t i = from; i < to; i++)
			fprintf(out, "<td class=\"num\">%" PRIu64 "</td>",
				cell(&d->calls[row], c, i));
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table>\n", out);
}

static void write_cells(const struct digest *d, const struct columns *c,
			FILE *out)
{
	fputs("<details><summary>The same as a table</summary>\n"
	      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
	      "aria-label=\"Tables of runs and calls\">\n", out);
	for (size_t i = 0; i < c->n; i += BLOCK)
		write_block(d, c, i, i + BLOCK < c->n ? i + BLOCK : c->n, out);
	fputs("</div></details>\n", out);
}

void html_map(const struct digest *d, FILE *out)
{
	struct columns c = columns_of(d);

	if (!c.n || !d->observed)
		return;
	fputs("<h3>Which run made which call</h3>\n<p>", out);
	if (c.width == 1)
		fputs("A column is a run, by its number. The stronger the "
		      "colour of a cell, the more calls: 1, 10, 100, 1000 and "
		      "more.", out);
	else
		fprintf(out, "A column is %zu runs, and its number is that of "
			"the first one. The stronger the colour of a cell, the "
			"more of these runs made the call: up to a quarter, to "
			"half, to three quarters, and more.", c.width);
	fputs(" A row with few coloured cells is a call that depends on few "
	      "runs.</p>\n", out);
	write_map(d, &c, out);
	write_cells(d, &c, out);
}
