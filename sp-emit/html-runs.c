/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of the runs, and tables with the same figures. */
#include "html.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "stream/ending.h"

/*
 * Limits, so that the page stays small. A sentence says if something was left
 * out.
 */
enum { RUNS_MAX = 60, POINTS_MAX = 200 };

/* Pixels. */
enum { CELL = 14, LETTER = 7, TOP = 22 };
enum { WIDTH = 560, HEIGHT = 180, MARGIN = 40 };

static size_t runs_shown(const struct digest *d)
{
	size_t n = d->emit->trace->n_runs;

	return n < RUNS_MAX ? n : RUNS_MAX;
}

/* A shade for each power of ten; 0 means that the run did not make the call. */
static int shade(uint64_t count)
{
	int n = 0;

	for (; count && n < 4; count /= 10)
		n++;
	return n;
}

/* The column where the cells begin, to the right of the longest name. */
static size_t label_width(const struct digest *d)
{
	size_t longest = 0;

	for (size_t i = 0; i < d->n; i++)
		if (d->calls[i].observed && strlen(d->calls[i].name) > longest)
			longest = strlen(d->calls[i].name);
	return longest * LETTER + CELL;
}

static void write_row(const struct digest *d, const struct digest_call *call,
		      size_t row, FILE *out)
{
	size_t left = label_width(d);

	fprintf(out, "<text x=\"%zu\" y=\"%zu\" text-anchor=\"end\">%s</text>",
		left - 6, TOP + row * CELL + 11, call->name);
	for (size_t run = 0; run < runs_shown(d); run++)
		fprintf(out, "<rect class=\"h%d\" x=\"%zu\" y=\"%zu\" "
			"width=\"%d\" height=\"%d\"/>",
			shade(call->by_run[run]), left + run * CELL,
			TOP + row * CELL, CELL - 1, CELL - 1);
	putc('\n', out);
}

static void write_map(const struct digest *d, FILE *out)
{
	size_t row = 0, n = runs_shown(d), left = label_width(d);

	fprintf(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		"aria-label=\"Heat map of runs and calls\">\n<svg role=\"img\" "
		"aria-label=\"How often each run made each call; the table "
		"below has the same\" width=\"%zu\" height=\"%zu\">\n",
		left + n * CELL + 4, TOP + d->observed * CELL + 4);
	for (size_t run = 0; run < n; run++)
		if (!run || (run + 1) % 5 == 0)
			fprintf(out, "<text x=\"%zu\" y=\"%d\" text-anchor="
				"\"middle\">%zu</text>\n",
				left + run * CELL + CELL / 2, TOP - 6,
				run + 1);
	for (size_t i = 0; i < d->n; i++)
		if (d->calls[i].observed && d->calls[i].allowed)
			write_row(d, &d->calls[i], row++, out);
	fputs("</svg>\n</div>\n<p class=\"note\">A column is a run, by its "
	      "number in the table of runs. Darker or brighter cells are more "
	      "calls: 1, 10, 100, 1000 and more.</p>\n", out);
}

static void write_cells(const struct digest *d, FILE *out)
{
	fputs("<details><summary>The same as a table</summary>\n"
	      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
	      "aria-label=\"Table of runs and calls\">\n"
	      "<table><caption>How often each run made each call</caption>\n"
	      "<thead><tr><th scope=\"col\">Call</th>", out);
	for (size_t run = 0; run < runs_shown(d); run++)
		fprintf(out, "<th scope=\"col\" class=\"num\">%zu</th>",
			run + 1);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < d->n; i++) {
		const struct digest_call *call = &d->calls[i];

		if (!call->observed || !call->allowed)
			continue;
		fprintf(out, "<tr><th scope=\"row\"><code>%s</code></th>",
			call->name);
		for (size_t run = 0; run < runs_shown(d); run++)
			fprintf(out, "<td class=\"num\">%" PRIu64 "</td>",
				call->by_run[run]);
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table>\n</div></details>\n", out);
}

static char *command_text(const struct run *run)
{
	char *text = NULL;

	for (char **arg = run->argv; arg && *arg; arg++)
		text_append(&text, " ", *arg);
	return text ? text : xstrdup("-");
}

static void write_run(const struct digest *d, size_t i, FILE *out)
{
	const struct run *run = d->emit->trace->runs[i];
	char *command = command_text(run);

	fprintf(out, "<tr><th scope=\"row\" class=\"num\">%zu</th><td "
		"class=\"path\">", i + 1);
	html_put(run->name, out);
	fputs("</td><td class=\"path\">", out);
	html_put(strcmp(command, run->name) ? command : "the same", out);
	free(command);
	fprintf(out, "</td><td>%s", run->complete ? "" : "not complete ");
	if (run->has_status)
		html_take(ending_text(run), out);
	fputs("</td></tr>\n", out);
}

static void write_list(const struct digest *d, FILE *out)
{
	fputs("<table><caption>Number, name, command and end of each run</caption>\n<thead><tr>"
	      "<th scope=\"col\" class=\"num\">Run</th>"
	      "<th scope=\"col\">Name</th><th scope=\"col\">Command</th>"
	      "<th scope=\"col\">End</th></tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < runs_shown(d); i++)
		write_run(d, i, out);
	fputs("</tbody></table>\n", out);
}

void html_runs(const struct digest *d, FILE *out)
{
	size_t n = d->emit->trace->n_runs;

	fputs("<section aria-labelledby=\"runs\">\n<h2 id=\"runs\">"
	      "The runs</h2>\n", out);
	if (n > RUNS_MAX)
		fprintf(out, "<p>The first %d of %zu runs are shown; sp-diff "
			"--matrix prints all.</p>\n", RUNS_MAX, n);
	write_list(d, out);
	write_map(d, out);
	write_cells(d, out);
	fputs("</section>\n", out);
}

static double point_x(size_t i, size_t units)
{
	return MARGIN + (double)i / units * (WIDTH - 2 * MARGIN);
}

static double point_y(double calls, double most)
{
	return HEIGHT - MARGIN - calls / most * (HEIGHT - 1.5 * MARGIN);
}

static size_t step_of(size_t units)
{
	return (units + POINTS_MAX - 1) / POINTS_MAX;
}

static void write_curve(const struct discovery *v, double most, FILE *out)
{
	fprintf(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		"aria-label=\"Discovery curve\">\n<svg role=\"img\" "
		"aria-label=\"Discovery curve: how many calls so many command "
		"lines make; the table below has the same\" width=\"%d\" "
		"height=\"%d\">\n<path class=\"axis\" d=\"M%d %d V%d H%d\"/>\n"
		"<path class=\"curve\" d=\"M%.1f %.1f", WIDTH, HEIGHT, MARGIN,
		MARGIN / 2, HEIGHT - MARGIN, WIDTH - MARGIN,
		point_x(0, v->units), point_y(0, most));
	for (size_t i = step_of(v->units); i <= v->units;
	     i += step_of(v->units))
		fprintf(out, " L%.1f %.1f", point_x(i, v->units),
			point_y(discovery_after(v, i), most));
	fprintf(out, "\"/>\n<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f"
		"</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%zu command "
		"lines</text>\n</svg>\n</div>\n", MARGIN - 4, MARGIN / 2 + 8,
		most, WIDTH - MARGIN, HEIGHT - MARGIN + 18, v->units);
}

static void write_points(const struct discovery *v, FILE *out)
{
	size_t step = (v->units + 19) / 20;

	fputs("<details><summary>The same as a table</summary>\n<table>"
	      "<caption>Calls that so many command lines make on average"
	      "</caption>\n<thead><tr><th scope=\"col\" class=\"num\">"
	      "Command lines</th><th scope=\"col\" class=\"num\">Calls</th>"
	      "</tr></thead>\n<tbody>\n", out);
	for (size_t i = step; i <= v->units; i += step)
		fprintf(out, "<tr><th scope=\"row\" class=\"num\">%zu</th>"
			"<td class=\"num\">%.1f</td></tr>\n", i,
			discovery_after(v, i));
	fputs("</tbody></table></details>\n", out);
}

void html_curve(const struct digest *d, FILE *out)
{
	const struct discovery *v = &d->discovery;
	double most = discovery_after(v, v->units);

	if (v->units < 2 || most <= 0)
		return;
	fputs("<p>The curve shows how many calls are found by one, two and "
	      "more different command lines, on average over their order. "
	      "Calls that a group allows anyway are not counted. If the curve "
	      "still rises at its end, calls are missing.</p>\n", out);
	write_curve(v, most, out);
	write_points(v, out);
}
