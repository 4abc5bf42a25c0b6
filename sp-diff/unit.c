/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static int compare_columns(const void *a, const void *b, void *choice)
{
	const struct column *x = *(const struct column *const *)a;
	const struct column *y = *(const struct column *const *)b;

	return unit_compare(x->run, y->run, choice);
}

/*
 * Returns the runs that have rows. They are sorted so that runs of the same
 * unit are neighbours, and so are units of the same group.
 */
static const struct column **columns_in_order(const struct matrix *m,
					      const struct unit_choice *choice,
					      size_t *n)
{
	const struct column **list = xcalloc(m->n_columns + 1, sizeof(*list));

	*n = 0;
	for (size_t i = 0; i < m->n_columns; i++)
		if (m->columns[i].distinct)
			list[(*n)++] = &m->columns[i];
	qsort_r(list, *n, sizeof(*list), compare_columns, (void *)choice);
	return list;
}

/*
 * Renumbers to 0, 1, 2 … in the order of first occurrence. Returns how many
 * distinct numbers there are.
 */
static size_t number_in_order(size_t *numbers, size_t n)
{
	size_t *renamed = xcalloc(n + 1, sizeof(*renamed)), count = 0;

	for (size_t i = 0; i < n; i++) {
		if (numbers[i] == UNIT_NONE)
			continue;
		if (!renamed[numbers[i]])
			renamed[numbers[i]] = ++count;
		numbers[i] = renamed[numbers[i]] - 1;
	}
	free(renamed);
	return count;
}

/* Sets the unit and the group of each column. */
static void number_columns(struct units *u, const struct matrix *m,
			   size_t *group_of, const struct unit_choice *choice)
{
	size_t n, unit = 0, group = 0;
	const struct column **list = columns_in_order(m, choice, &n);

	for (size_t i = 0; i < m->n_columns; i++)
		u->of_column[i] = group_of[i] = UNIT_NONE;
	for (size_t i = 0; i < n; i++) {
		unit += i && unit_compare(list[i - 1]->run, list[i]->run,
					  choice);
		group += i && unit_compare_groups(list[i - 1]->run,
						  list[i]->run, choice);
		u->of_column[list[i] - m->columns] = unit;
		group_of[list[i] - m->columns] = group;
	}
	free(list);
	u->n = number_in_order(u->of_column, m->n_columns);
	u->n_groups = number_in_order(group_of, m->n_columns);
}

static void find_units(struct units *u, const struct matrix *m,
		       const struct unit_choice *choice)
{
	size_t *group_of = xcalloc(m->n_columns + 1, sizeof(*group_of));

	u->of_column = xcalloc(m->n_columns + 1, sizeof(*u->of_column));
	number_columns(u, m, group_of, choice);
	u->units = xcalloc(u->n + 1, sizeof(*u->units));
	u->groups = xcalloc(u->n_groups + 1, sizeof(*u->groups));
	for (size_t i = 0; i < m->n_columns; i++) {
		struct unit *unit;

		if (u->of_column[i] == UNIT_NONE)
			continue;
		u->n_runs++;
		unit = &u->units[u->of_column[i]];
		if (!unit->n_runs++)
			*unit = (struct unit){ .first = &m->columns[i],
				.n_runs = 1, .group = group_of[i] };
		if (choice->by == UNIT_LABEL)
			u->groups[group_of[i]] = unit_label(m->columns[i].run,
							    choice->label);
	}
	free(group_of);
}

/* Returns how many runs of each unit make the row. */
static void count_runs(const struct units *u, const struct matrix *m,
		       const struct row *row, size_t *runs)
{
	memset(runs, 0, u->n * sizeof(*runs));
	for (size_t i = 0; i < m->n_columns; i++)
		if (row->counts[i])
			runs[u->of_column[i]]++;
}

/*
 * A row is unsteady if two things hold: some unit that ran more than once made
 * it in only some of its runs, and no such unit made it in all of its runs.
 */
static bool is_unsteady(const struct units *u, const size_t *runs)
{
	bool comes_and_goes = false;

	for (size_t i = 0; i < u->n; i++) {
		if (u->units[i].n_runs < 2 || !runs[i])
			continue;
		if (runs[i] == u->units[i].n_runs)
			return false;
		comes_and_goes = true;
	}
	return comes_and_goes;
}

static void count_groups(const struct units *u, const size_t *runs,
			 struct unit_row *row)
{
	bool *seen = xcalloc(u->n_groups + 1, sizeof(*seen));

	for (size_t i = 0; i < u->n; i++) {
		size_t group = u->units[i].group;

		if (!runs[i] || seen[group])
			continue;
		seen[group] = true;
		if (!row->n_groups++)
			row->first = i;
	}
	free(seen);
}

static void mark_unique(struct units *u, const size_t *runs)
{
	for (size_t i = 0; i < u->n; i++)
		u->units[i].unique |= runs[i] != 0;
}

static void add_row(struct units *u, const struct matrix *m,
		    const struct row *row, size_t *runs)
{
	struct unit_row *r = &u->rows[u->n_rows++];

	count_runs(u, m, row, runs);
	*r = (struct unit_row){ .row = row };
	count_groups(u, runs, r);
	r->unsteady = is_unsteady(u, runs);
	if (r->n_groups == 1)
		mark_unique(u, runs);
}

static bool have_label(const struct matrix *m, const struct unit_choice *choice)
{
	for (size_t i = 0; i < m->n_columns; i++)
		if (!unit_has_label(m->columns[i].run, m->columns[i].name,
				    choice))
			return false;
	return true;
}

struct units *units_new(const struct matrix *m,
			const struct unit_choice *choice,
			bool (*known)(const struct row *, void *), void *arg)
{
	struct units *u;
	size_t *runs;

	if (!have_label(m, choice))
		return NULL;
	u = xcalloc(1, sizeof(*u));
	find_units(u, m, choice);
	u->rows = xcalloc(m->n_rows + 1, sizeof(*u->rows));
	runs = xcalloc(u->n + 1, sizeof(*runs));
	for (size_t i = 0; i < m->n_rows; i++)
		if (!known || !known(&m->rows[i], arg))
			add_row(u, m, &m->rows[i], runs);
	free(runs);
	return u;
}

void units_free(struct units *u)
{
	if (!u)
		return;
	free(u->units);
	free(u->of_column);
	free(u->groups);
	free(u->rows);
	free(u);
}
