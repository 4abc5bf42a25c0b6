/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json-integer.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "stream/risk.h"

/*
 * If this share of the units is unique, somebody probably chose the runs so
 * that none is superfluous.
 */
#define CHOSEN_SHARE 0.9

enum { POINTS = 5 };		/* points of the discovery curve */

enum verdict { PREDICTED, TOO_FEW, CHOSEN };

/* The nouns for the rows, and the verb for what runs do with them. */
struct words {
	const char *thing, *things, *make, *makes, *made;
};

static const struct words words[] = {
	[ROWS_CALLS] = { "call", "calls", "make", "makes", "made" },
	[ROWS_ARGUMENTS] = { "call or argument", "calls and arguments",
			     "make", "makes", "made" },
	[ROWS_PATHS] = { "path or address", "paths and addresses",
			 "use", "uses", "used" },
};

struct coverage {
	const struct units *units;
	const struct coverage_choice *choice;
	const struct words *words;
	size_t n_unique;	/* rows that only one group has */
	size_t n_unsteady;
	size_t last;		/* the unit that added the last new row */
	enum verdict verdict;
	struct risk risk;	/* only set for PREDICTED */
	/* the number of new rows that twice as many runs would add */
	double expected;
	size_t after[POINTS];	/* numbers of units: the x axis of the curve */
	/* numbers of rows that so many units have: the y axis */
	double seen[POINTS];
};

/*
 * Returns the number of groups, times the share of units that have a row that
 * no other group has.
 */
static double count_unique(const struct units *u)
{
	size_t n = 0;

	for (size_t i = 0; i < u->n; i++)
		n += u->units[i].unique;
	return u->n ? (double)n * u->n_groups / u->n : 0;
}

static void predict(struct coverage *c)
{
	size_t n = c->units->n_groups;
	double unique = count_unique(c->units);

	if (n < RISK_UNITS_MIN)
		c->verdict = TOO_FEW;
	else if (unique >= CHOSEN_SHARE * n)
		c->verdict = CHOSEN;
	else
		c->risk = risk_predict(unique, n, c->choice->more);
}

static void draw_curve(struct coverage *c)
{
	const struct units *u = c->units;
	struct discovery d = { .units = u->n_groups };

	d.made_by = xcalloc(d.units + 1, sizeof(*d.made_by));
	for (size_t i = 0; i < u->n_rows; i++)
		d.made_by[u->rows[i].n_groups]++;
	for (size_t i = 0; i < POINTS; i++) {
		c->after[i] = (d.units * (i + 1) + POINTS - 1) / POINTS;
		c->seen[i] = discovery_after(&d, c->after[i]);
	}
	c->expected = discovery_expected(&d, d.units);
	free(d.made_by);
}

static void count_rows(struct coverage *c)
{
	const struct units *u = c->units;

	for (size_t i = 0; i < u->n_rows; i++) {
		c->n_unique += u->rows[i].n_groups == 1;
		c->n_unsteady += u->rows[i].unsteady;
		if (u->rows[i].first > c->last)
			c->last = u->rows[i].first;
	}
}

/* The report as text. */

/* Returns the singular noun for a unit. */
static const char *unit_noun(const struct coverage *c)
{
	static const char *const nouns[] = {
		[UNIT_ARGV] = "command line", [UNIT_NAME] = "name",
		[UNIT_RUN] = "run", [UNIT_LABEL] = "command line",
	};

	return c->units->n == c->units->n_runs ? "run" :
		nouns[c->choice->unit.by];
}

/*
 * Returns the singular noun for the groups from which the prediction is made.
 */
static const char *group_noun(const struct coverage *c)
{
	return c->choice->unit.by == UNIT_LABEL ? "value" : unit_noun(c);
}

static void print_size(const struct coverage *c, FILE *out)
{
	const struct units *u = c->units;

	fprintf(out, "%zu runs", u->n_runs);
	if (u->n != u->n_runs)
		fprintf(out, " of %zu %s%s", u->n, unit_noun(c),
			u->n == 1 ? "" : "s");
	if (c->choice->unit.by == UNIT_LABEL) {
		fprintf(out, ", %zu values of ", u->n_groups);
		text_put_printable(c->choice->unit.label, out);
	}
	fputs(": ", out);
}

static void print_prediction(const struct coverage *c, FILE *out)
{
	const struct risk *r = &c->risk;

	fprintf(out, "of %" PRIu64 " more ", c->choice->more);
	if (c->choice->unit.by == UNIT_LABEL) {
		fputs("of another ", out);
		text_put_printable(c->choice->unit.label, out);
	} else {
		fputs("like these", out);
	}
	if (r->mean > 0 && r->mean < 0.5)
		fputs(", fewer than 1", out);
	else
		fprintf(out, ", %.0f", r->mean);
	fprintf(out, " would %s a %s that none of these %s "
		"(95 %%: %" PRIu64 " to %" PRIu64 ").\n", c->words->make,
		c->words->thing, c->words->made, r->lower, r->upper);
}

/*
 * If several runs have the same command line, as those of a server often do,
 * this proposes to count by name.
 */
static void print_too_few(const struct coverage *c, FILE *out)
{
	fprintf(out, "too few to predict what more would do; at least %d are "
		"needed.\n", RISK_UNITS_MIN);
	if (c->choice->unit.by == UNIT_ARGV && c->units->n < c->units->n_runs)
		fputs("Runs with the same command line count as one. If they "
		      "are different tests, name them by\nsp-record --name, "
		      "and count by name: --unit=name.\n", out);
}

static void print_verdict(const struct coverage *c, FILE *out)
{
	print_size(c, out);
	if (c->verdict == PREDICTED)
		print_prediction(c, out);
	else if (c->verdict == TOO_FEW)
		print_too_few(c, out);
	else
		fprintf(out, "nearly each %s a %s that no other %s. A set of "
			"runs that was chosen to be\nsmall cannot show what it "
			"lacks: give all runs.\n", c->words->makes,
			c->words->thing, c->words->makes);
}

/*
 * Returns the name of the unit's first run, with its id if each run is a unit.
 * The caller frees it.
 */
static char *unit_name(const struct coverage *c, size_t unit)
{
	const struct column *first = c->units->units[unit].first;

	return c->choice->unit.by == UNIT_RUN ? xstrdup(first->name) :
		text_printable(first->run->name);
}

static void print_name(const struct coverage *c, size_t unit, FILE *out)
{
	char *name = unit_name(c, unit);

	fputs(name, out);
	free(name);
}

static void print_growth(const struct coverage *c, FILE *out)
{
	const struct units *u = c->units;

	if (!u->n_rows)
		return;
	fprintf(out, "The last new %s came in %s %zu of %zu, ", c->words->thing,
		unit_noun(c), c->last + 1, u->n);
	print_name(c, c->last, out);
	if (c->verdict == TOO_FEW)
		fputs(".\n", out);
	else
		fprintf(out, "; twice as many %ss should add about %.0f.\n",
			group_noun(c), c->expected);
}

static void print_bars(const struct coverage *c, FILE *out)
{
	static const char *const bars[] = {
		"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"
	};
	double most = c->seen[POINTS - 1];

	fputs("  ", out);
	for (size_t i = 0; i < POINTS; i++)
		fputs(bars[most > 0 ? (int)(7 * c->seen[i] / most) : 0], out);
}

static void print_curve(const struct coverage *c, FILE *out)
{
	if (c->units->n_groups < POINTS)
		return;
	fputs("\nDiscovery:", out);
	for (size_t i = 0; i < POINTS; i++)
		fprintf(out, "%s %.1f", i ? "," : "", c->seen[i]);
	fprintf(out, " %s in", c->words->things);
	for (size_t i = 0; i < POINTS; i++)
		fprintf(out, "%s %zu", i ? "," : "", c->after[i]);
	fprintf(out, " %ss", group_noun(c));
	if (isatty(fileno(out)))
		print_bars(c, out);
	putc('\n', out);
}

static int label_width(const struct coverage *c)
{
	size_t width = 0;

	for (size_t i = 0; i < c->units->n_rows; i++) {
		size_t n = strlen(c->units->rows[i].row->label);

		if (c->units->rows[i].n_groups == 1 && n > width)
			width = n;
	}
	return width < 40 ? width : 40;
}

static void print_unique(const struct coverage *c, FILE *out)
{
	const struct units *u = c->units;
	int width = label_width(c);

	fprintf(out, "\n%c%s that one %s alone %s: %zu\n",
		c->words->things[0] - 'a' + 'A', c->words->things + 1,
		group_noun(c), c->words->makes, c->n_unique);
	for (size_t i = 0; i < u->n_rows; i++) {
		const struct unit_row *r = &u->rows[i];

		if (r->n_groups != 1)
			continue;
		fprintf(out, "  %-*s  ", width, r->row->label);
		if (c->choice->unit.by == UNIT_LABEL) {
			text_put_printable(u->groups[u->units[r->first].group],
					   out);
			fputs(": ", out);
		}
		print_name(c, r->first, out);
		putc('\n', out);
	}
}

static void print_unsteady(const struct coverage *c, FILE *out)
{
	const struct units *u = c->units;

	if (!c->n_unsteady)
		return;
	fprintf(out, "\nUnsteady, since repeated runs differ in them: %zu\n",
		c->n_unsteady);
	for (size_t i = 0; i < u->n_rows; i++)
		if (u->rows[i].unsteady)
			fprintf(out, "  %s\n", u->rows[i].row->label);
}

static void print_text(const struct coverage *c, FILE *out)
{
	print_verdict(c, out);
	print_growth(c, out);
	print_curve(c, out);
	print_unique(c, out);
	print_unsteady(c, out);
}

/* The report as JSON. */

static json_t *risk_json(const struct coverage *c)
{
	const struct risk *r = &c->risk;
	double more = c->choice->more;

	if (c->verdict != PREDICTED)
		return json_null();
	return json_pack("{s:f, s:f, s:f, s:o, s:o}", "mean", r->mean / more,
			 "lower", r->lower / more, "upper", r->upper / more,
			 "units", uint_json(c->units->n_groups),
			 "more", uint_json(c->choice->more));
}

static json_t *unique_json(const struct coverage *c)
{
	const struct units *u = c->units;
	json_t *list = json_array();

	for (size_t i = 0; i < u->n_rows; i++) {
		const struct unit_row *r = &u->rows[i];
		char *name;
		json_t *one;

		if (r->n_groups != 1)
			continue;
		name = unit_name(c, r->first);
		one = json_pack("{s:s, s:s}", "what", r->row->label, "run",
				name);
		free(name);
		if (c->choice->unit.by == UNIT_LABEL)
			json_object_set_new(one, "label", text_json(
				u->groups[u->units[r->first].group]));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *curve_json(const struct coverage *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < POINTS; i++)
		json_array_append_new(list, json_pack("{s:o, s:f}", "units",
						      uint_json(c->after[i]),
						      "seen", c->seen[i]));
	return list;
}

static json_t *unsteady_json(const struct coverage *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->units->n_rows; i++)
		if (c->units->rows[i].unsteady)
			json_array_append_new(list, json_string(
				c->units->rows[i].row->label));
	return list;
}

static void print_json(const struct coverage *c, FILE *out)
{
	static const char *const verdicts[] = {
		[PREDICTED] = "predicted", [TOO_FEW] = "too few",
		[CHOSEN] = "chosen",
	};
	const struct units *u = c->units;
	json_t *root = json_pack(
		"{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:o, s:o}",
		"verdict", verdicts[c->verdict], "risk", risk_json(c),
		"runs", uint_json(u->n_runs), "units", uint_json(u->n_groups),
		"seen", uint_json(u->n_rows), "unique", unique_json(c),
		"curve", curve_json(c), "expected_new", c->expected,
		"last_new", uint_json(u->n_rows ? c->last + 1 : 0),
		"unsteady", unsteady_json(c));

	json_print(root, out);
	json_decref(root);
}

static bool is_within(const struct coverage *c)
{
	if (c->choice->limit >= 1)
		return true;
	return c->verdict == PREDICTED &&
		c->risk.upper <= c->choice->limit * c->choice->more;
}

bool coverage_report(const struct matrix *m, const struct coverage_choice *ch,
		     enum matrix_rows rows,
		     bool (*known)(const struct row *, void *), void *arg,
		     bool json, FILE *out)
{
	struct units *u = units_new(m, &ch->unit, known, arg);
	struct coverage c = { .units = u, .choice = ch,
			      .words = &words[rows] };

	if (!u)
		return true;
	if (u->n_runs < m->n_columns)
		message_note("%zu of %zu runs %s no %s%s and do not count",
			     m->n_columns - u->n_runs, m->n_columns,
			     c.words->made, c.words->thing, ch->of_images ?
			     " in such an executable" : "");
	count_rows(&c);
	predict(&c);
	draw_curve(&c);
	if (out)
		(json ? print_json : print_text)(&c, out);
	units_free(u);
	return is_within(&c);
}
