/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/unit-choice.h"

#include <string.h>

#include "base/memory.h"
#include "base/message.h"

static int compare_texts(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int compare_argv(char **a, char **b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	for (; *a && *b; a++, b++) {
		int order = strcmp(*a, *b);

		if (order)
			return order;
	}
	return (*a != NULL) - (*b != NULL);
}

/* A run without a command line is identified by its name. */
static int compare_commands(const struct run *a, const struct run *b)
{
	int order = compare_argv(a->argv, b->argv);

	if (!order && !a->argv)
		order = strcmp(a->name, b->name);
	return order ? order : compare_texts(a->mark, b->mark);
}

const char *unit_label(const struct run *run, const char *key)
{
	for (size_t i = 0; i < run->n_labels; i++)
		if (!strcmp(run->labels[i].key, key))
			return run->labels[i].value;
	return NULL;
}

int unit_compare(const struct run *a, const struct run *b,
		 const struct unit_choice *choice)
{
	int order = 0;

	if (choice->by == UNIT_RUN)
		return (a > b) - (a < b);
	if (choice->by == UNIT_NAME)
		return strcmp(a->name, b->name);
	if (choice->by == UNIT_LABEL)
		order = unit_compare_groups(a, b, choice);
	return order ? order : compare_commands(a, b);
}

int unit_compare_groups(const struct run *a, const struct run *b,
			const struct unit_choice *choice)
{
	return choice->by == UNIT_LABEL ?
		strcmp(unit_label(a, choice->label),
		       unit_label(b, choice->label)) :
		unit_compare(a, b, choice);
}

bool unit_has_label(const struct run *run, const char *name,
		    const struct unit_choice *choice)
{
	if (choice->by != UNIT_LABEL || unit_label(run, choice->label))
		return true;
	message_error("run %s has no label %s: sp-record --label=%s=VALUE "
		      "gives one", name, choice->label, choice->label);
	return false;
}

char *unit_option(const struct option_row *row, void *to, const char *unit)
{
	static const struct {
		const char *name;
		enum unit_by by;
	} names[] = {
		{ "argv", UNIT_ARGV }, { "name", UNIT_NAME },
		{ "run", UNIT_RUN },
	};
	struct unit_choice *c = (void *)((char *)to + row->at);

	if (!strncmp(unit, "label:", 6) && unit[6]) {
		*c = (struct unit_choice){ UNIT_LABEL, unit + 6 };
		return NULL;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].name, unit)) {
			c->by = names[i].by;
			return NULL;
		}
	return xstrdup("not argv, name, run or label:KEY");
}
