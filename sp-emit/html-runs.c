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
 * Limits, so that the page stays small. If something is left out, the page says
 * so.
 */
enum { RUNS_MAX = 60, POINTS_MAX = 200 };

/* All sizes are in pixels. */
enum { WIDTH = 560, HEIGHT = 180, MARGIN = 40 };

static void write_run(const struct digest *d, size_t i, FILE *out)
{
	const struct run *run = d->emit->trace->runs[i];
	char *command = digest_command(run);

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

/*
 * Whether the run is incomplete, failed, or made a call that no other group of
 * runs made.
 */
static bool is_special(const struct digest *d, size_t run)
{
	const struct run *of = d->emit->trace->runs[run];

	if (!of->complete || ending_is_failure(of))
		return true;
	for (size_t i = 0; i < d->n; i++)
		if (d->calls[i].n_groups == 1 && d->calls[i].only_run == run)
			return true;
	return false;
}

static void write_list(const struct digest *d, bool all, const char *caption,
		       FILE *out)
{
	size_t n = d->emit->trace->n_runs, shown = 0;

	fprintf(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		"aria-label=\"Table: %s\">\n<table><caption>%s</caption>\n"
		"<thead><tr><th scope=\"col\" class=\"num\">Run</th>"
		"<th scope=\"col\">Name</th><th scope=\"col\">Command</th>"
		"<th scope=\"col\">End</th></tr></thead>\n<tbody>\n",
		caption, caption);
	for (size_t i = 0; i < n && shown < RUNS_MAX; i++) {
		if (!all && !is_special(d, i))
			continue;
		write_run(d, i, out);
		shown++;
	}
	fputs("</tbody></table>\n</div>\n", out);
}

/*
 * Lists all runs. If there are too many, lists the special ones and the first
 * ones.
 */
static void write_lists(const struct digest *d, FILE *out)
{
	size_t n = d->emit->trace->n_runs, special = 0;
	char *caption;

	if (n <= RUNS_MAX) {
		write_list(d, true, "Each run, with its command and its end",
			   out);
		return;
	}
	for (size_t i = 0; i < n; i++)
		special += is_special(d, i);
	fprintf(out, "<p>Of %zu runs, %zu failed, or made a call that %s "
		"made. At most %d are listed; sp-diff --matrix prints all "
		"runs.</p>\n", n, special, d->words->others, RUNS_MAX);
	caption = xasprintf("Runs that failed, or made a call that %s made",
			    d->words->others);
	if (special)
		write_list(d, false, caption, out);
	free(caption);
	fprintf(out, "<details><summary>The first %d runs</summary>\n",
		RUNS_MAX);
	write_list(d, true, "The first runs, with their commands and ends", out);
	fputs("</details>\n", out);
}

void html_runs(const struct digest *d, FILE *out)
{
	fputs("<section aria-labelledby=\"runs\">\n<h2 id=\"runs\">"
	      "The runs</h2>\n", out);
	write_lists(d, out);
	html_map(d, out);
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

static void write_curve(const struct digest *d, double most, FILE *out)
{
	const struct discovery *v = &d->discovery;

	fprintf(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		"aria-label=\"Discovery curve\">\n<svg role=\"img\" "
		"aria-label=\"Discovery curve: how many calls so many %s "
		"make; the table below has the same\" width=\"%d\" "
		"height=\"%d\" viewBox=\"0 0 %d %d\">\n<path class=\"axis\" "
		"d=\"M%d %d V%d H%d\"/>\n<path class=\"curve\" "
		"d=\"M%.1f %.1f", d->words->many, WIDTH, HEIGHT, WIDTH, HEIGHT,
		MARGIN,
		MARGIN / 2, HEIGHT - MARGIN, WIDTH - MARGIN,
		point_x(0, v->units), point_y(0, most));
	for (size_t i = step_of(v->units); i <= v->units;
	     i += step_of(v->units))
		fprintf(out, " L%.1f %.1f", point_x(i, v->units),
			point_y(discovery_after(v, i), most));
	fprintf(out, "\"/>\n<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f"
		"</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%zu %s"
		"</text>\n</svg>\n</div>\n", MARGIN - 4, MARGIN / 2 + 8,
		most, WIDTH - MARGIN, HEIGHT - MARGIN + 18, v->units,
		d->words->many);
}

static void write_points(const struct digest *d, FILE *out)
{
	const struct discovery *v = &d->discovery;
	const char *many = d->words->many;
	size_t step = (v->units + 19) / 20;

	fprintf(out, "<details><summary>The same as a table</summary>\n<table>"
		"<caption>Calls that so many %s make on average</caption>\n"
		"<thead><tr><th scope=\"col\" class=\"num\">%c%s</th>"
		"<th scope=\"col\" class=\"num\">Calls</th></tr></thead>\n"
		"<tbody>\n", many, many[0] - 'a' + 'A', many + 1);
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
	fprintf(out, "<p>The curve shows how many calls are found by one, two "
		"and more different %s, on average over their order. Calls "
		"that a group allows anyway are not counted. If the curve "
		"still rises at its end, calls are missing.</p>\n",
		d->words->many);
	write_curve(d, most, out);
	write_points(d, out);
}
