/* SPDX-License-Identifier: Apache-2.0 */
/* sp-diff: what differs between two traces or profiles, or many runs. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/options.h"
#include "compare.h"
#include "matrix.h"
#include "report.h"
#include "process/sandbox.h"
#include "profile/systemd-groups.h"
#include "stream/ending.h"

struct options {
	bool quiet, groups, matrix, csv;
	unsigned int fail_on;		/* enum compare_flag; 0: not given */
	struct side_choice choice;
	struct host host;		/* what profiles are resolved for */
};

/* 0: not such a list. */
static unsigned int parse_fail_on(const char *list)
{
	static const struct {
		const char *name;
		unsigned int flags;
	} names[] = {
		{ "added", COMPARE_ADDED }, { "removed", COMPARE_REMOVED },
		{ "any", COMPARE_ADDED | COMPARE_REMOVED },
		{ "dangerous", COMPARE_DANGEROUS },
		{ "failed", COMPARE_FAILED },
	};
	enum { N_NAMES = sizeof(names) / sizeof(names[0]) };
	unsigned int flags = 0;

	for (const char *at = list; at;) {
		size_t n = strcspn(at, ","), i;

		for (i = 0; i < N_NAMES; i++)
			if (strlen(names[i].name) == n &&
			    !memcmp(names[i].name, at, n))
				break;
		if (i == N_NAMES)
			return 0;
		flags |= names[i].flags;
		at = at[n] ? at + n + 1 : NULL;
	}
	if ((flags & ~COMPARE_FAILED) == COMPARE_DANGEROUS)
		flags |= COMPARE_ADDED | COMPARE_REMOVED;
	return flags;
}

static char *set_fail_on(const struct option_row *row, void *options,
			 const char *list)
{
	struct options *o = options;

	(void)row;
	o->fail_on = parse_fail_on(list);
	return o->fail_on ? NULL :
		xstrdup("not a list of added, removed, any, dangerous and "
			"failed");
}

/* What is compared: the two sides, or the runs of a matrix. */
enum { SIDES = 1 << 0, RUNS = 1 << 1 };
static const char *const modes[] = { "a comparison", "--matrix" };

static const struct option_row rows[] = {
	{ "quiet", 'q', NULL, "print nothing; the exit status is the answer",
	  OPTION_FLAG(struct options, quiet), .modes = SIDES },
	{ "by-image", 0, NULL, "compare the calls of each executable",
	  OPTION_FLAG(struct options, choice.by_image) },
	{ "from", 0, "MARK",
	  "of streams, what came after a mark of sp-record --mark",
	  OPTION_TEXT(struct options, choice.from), .modes = SIDES },
	{ "until", 0, "MARK", "and what came before it",
	  OPTION_TEXT(struct options, choice.until), .modes = SIDES },
	{ "groups", 0, NULL,
	  "count the calls that sp-emit adds to a profile, too",
	  OPTION_FLAG(struct options, groups), .modes = SIDES },
	{ "fail-on", 0, "WHAT",
	  "what makes the status 1: added, removed or any (the\n"
	  "default); with \",dangerous\" only calls that are\n"
	  "dangerous to allow; failed: a run that failed",
	  set_fail_on, .modes = SIDES,
	  .choices = "added removed any added,dangerous failed" },
	HOST_OPTIONS(struct options, host, SIDES),
	{ "matrix", 0, NULL,
	  "which run makes which call, and which runs suffice",
	  OPTION_FLAG(struct options, matrix), .selects = RUNS },
	{ "csv", 0, NULL, "the matrix alone, as comma-separated values",
	  OPTION_FLAG(struct options, csv), .modes = RUNS },
	{ "allow-partial", 0, NULL, "accept streams that end early",
	  OPTION_FLAG(struct options, choice.partial) },
};

static const struct option_table table = {
	.usage = "Usage: sp-diff [-q] [--by-image] [--groups] [--fail-on=WHAT]\n"
		 "               [--allow-partial] OLD [NEW]\n"
		 "       sp-diff --matrix [--csv] [--by-image] [--allow-partial]\n"
		 "               [RUN...]\n"
		 "Print the calls that only OLD (-) or only NEW (+) has. Each is a\n"
		 "stream or a profile; - is stdin, and so is NEW, and RUN, when it\n"
		 "is not given.\n",
	.rows = rows, .n_rows = sizeof(rows) / sizeof(rows[0]),
	.end = "Exit status: 0 equal, 1 different, 2 trouble; see --fail-on.\n",
};

/* Whether a run of the new side failed. */
static bool note_endings(const struct side *old, const struct side *new,
			 const char *old_path, const char *new_path)
{
	if (old->trace)
		endings_note(old->trace, NULL, input_name(old_path));
	return new->trace && endings_note(new->trace, old->trace,
					  input_name(new_path));
}

static void enter_sandbox(const struct inputs *inputs)
{
	if (inputs_are_open(inputs))
		sandbox_enter(SANDBOX_DIFF, NULL, NULL);
}

/* Both, so that each bad one is named. */
static bool load_sides(struct side sides[2], struct inputs *inputs,
		       const struct options *o)
{
	bool ok = !inputs->incomplete;

	for (size_t i = 0; i < inputs->n; i++)
		ok &= side_load(&sides[i], &inputs->at[i], &o->choice,
				&o->host);
	return ok;
}

static bool differ(const struct options *o, const struct side *old,
		   const struct side *new, char *const paths[2])
{
	unsigned int flags = (o->groups ? COMPARE_GROUPS : 0) |
		(o->fail_on ? o->fail_on : COMPARE_ADDED | COMPARE_REMOVED);
	bool fails;

	if (flags & COMPARE_FAILED && !new->trace)
		message_error("%s: a profile has no runs that could have "
			      "failed", input_name(paths[1]));
	fails = note_endings(old, new, paths[0], paths[1]) &&
		flags & COMPARE_FAILED;
	fails |= compare_sides(old, new, flags, o->quiet ? NULL : stdout);
	return fails;
}

static void run_diff(struct options *o, char *old, char *new)
{
	char *const paths[] = { old, new, NULL };
	struct side sides[2] = { 0 };
	struct inputs inputs;

	if (!strcmp(old, "-") && !strcmp(new, "-"))
		message_usage("stdin cannot be both sides");
	inputs_open(&inputs, paths);
	for (size_t i = 0; i < inputs.n; i++)
		side_prepare(&inputs.at[i], &o->host);
	enter_sandbox(&inputs);
	if (load_sides(sides, &inputs, o) &&
	    differ(o, &sides[0], &sides[1], paths))
		message_latch(STATUS_NO);
	side_free(&sides[0]);
	side_free(&sides[1]);
	inputs_close(&inputs);
	systemd_groups_free(o->host.groups);
}

static void print_matrix(const struct options *o, const struct matrix *m)
{
	if (o->csv)
		report_csv(m, o->choice.by_image, stdout);
	else
		report_text(m, stdout);
}

static void run_matrix(const struct options *o, char **paths)
{
	struct inputs inputs;
	struct matrix *m;

	inputs_open(&inputs, paths);
	enter_sandbox(&inputs);
	m = matrix_load(&inputs, o->choice.partial ? TRACE_PARTIAL : 0,
			o->choice.by_image);
	if (m)
		print_matrix(o, m);
	matrix_free(m);
	inputs_close(&inputs);
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct option_line line;

	message_init("sp-diff", STATUS_TROUBLE, argv);
	host_init(&o.host);
	options_parse(&table, argc, argv, &o, &line);
	options_check_mode(&table, &line, modes, 2, o.matrix);
	if (!o.matrix && (line.n_operands < 1 || line.n_operands > 2))
		message_usage("give OLD, and NEW or nothing");
	if (o.matrix)
		run_matrix(&o, line.operands);
	else
		run_diff(&o, line.operands[0],
			 line.n_operands > 1 ? line.operands[1] : "-");
	return message_finish();
}
