/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sp-diff: shows the differences between two traces or profiles, or between
 * many runs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/options.h"
#include "compare.h"
#include "coverage.h"
#include "label.h"
#include "matrix.h"
#include "privilege.h"
#include "report.h"
#include "process/sandbox.h"
#include "profile/group.h"
#include "profile/machine.h"
#include "profile/thread-calls.h"
#include "stream/ending.h"

struct options {
	bool quiet, groups, steady, matrix, csv, coverage, json, args, paths;
	bool markdown, github;
	/* bits of enum compare_flag; 0: not given */
	unsigned int fail_on;
	bool all_archs;			/* --arch=all */
	const struct arch *arch;	/* value of --arch; NULL: not given */
	struct side_choice choice;
	struct selection images;
	const char *profile;		/* for --coverage; NULL: none */
	struct coverage_choice chosen;
	/* the host for which the conditions of profiles are resolved */
	struct host host;
};

/* Returns 0 if the list is wrong. */
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

static char *set_arch(const struct option_row *row, void *options,
		      const char *name)
{
	struct options *o = options;

	(void)row;
	o->all_archs = !strcmp(name, "all");
	o->arch = arch_by_name(name);
	return o->all_archs || o->arch ? NULL :
		xstrdup("not all, nor an architecture such as x86_64");
}

enum { MORE_MAX = 1000000 };

static char *set_more(const struct option_row *row, void *options,
		      const char *number)
{
	struct coverage_choice *c = &((struct options *)options)->chosen;
	char *end;

	(void)row;
	errno = 0;
	c->more = strtoul(number, &end, 10);
	if (*number < '0' || *number > '9' || *end || errno || !c->more ||
	    c->more > MORE_MAX)
		return xasprintf("not a number from 1 to %d", MORE_MAX);
	return NULL;
}

/* Parses "5%". */
static char *set_limit(const struct option_row *row, void *options,
		       const char *share)
{
	struct coverage_choice *c = &((struct options *)options)->chosen;
	char *end;

	(void)row;
	c->limit = strtod(share, &end) / 100;
	if (*share < '0' || *share > '9' || strcmp(end, "%") ||
	    !(c->limit >= 0 && c->limit < 1))
		return xstrdup("not a percentage below 100, such as 5%");
	return NULL;
}

/*
 * The uses of the arguments: two sides, runs of a matrix, or a sample of runs.
 */
enum { SIDES = 1 << 0, RUNS = 1 << 1, SAMPLE = 1 << 2 };
static const char *const modes[] = {
	"a comparison", "--matrix", "--coverage"
};

static const struct option_row rows[] = {
	{ "quiet", 'q', NULL, "print nothing; the exit status is the answer",
	  OPTION_FLAG(struct options, quiet), .modes = SIDES | SAMPLE },
	{ "by-image", 0, NULL, "compare the calls of each executable",
	  OPTION_FLAG(struct options, choice.by_image),
	  .modes = SIDES | RUNS },
	{ "from", 0, "MARK",
	  "only calls after a mark of sp-record --mark",
	  OPTION_TEXT(struct options, choice.from), .modes = SIDES },
	{ "until", 0, "MARK", "only calls before a mark",
	  OPTION_TEXT(struct options, choice.until), .modes = SIDES },
	{ "arch", 0, "ARCH",
	  "print the calls of this architecture, or of all\n"
	  "(default: the native one, and any that was recorded)",
	  .set = set_arch, .modes = SIDES | RUNS,
	  .choices = "all x86_64 x86 x32 aarch64 arm" },
	{ "groups", 0, NULL,
	  "also count calls that sp-emit adds to a profile",
	  OPTION_FLAG(struct options, groups), .modes = SIDES | SAMPLE },
	{ "steady", 0, NULL,
	  "do not count calls that only some repeated runs make",
	  OPTION_FLAG(struct options, steady), .modes = SIDES },
	{ "fail-on", 0, "WHAT",
	  "exit with status 1 for: added, removed or any (the\n"
	  "default); with \",dangerous\" only calls that are\n"
	  "dangerous to allow; failed: a run that failed",
	  set_fail_on, .modes = SIDES,
	  .choices = "added removed any added,dangerous failed" },
	{ "markdown", 0, NULL, "print a table for a pull request",
	  OPTION_FLAG(struct options, markdown), .modes = SIDES },
	{ "github", 0, NULL,
	  "print annotations for a workflow of GitHub: ::warning for\n"
	  "an added call that counts, ::notice for a removed one",
	  OPTION_FLAG(struct options, github), .modes = SIDES },
	HOST_OPTIONS(struct options, host, SIDES | SAMPLE),
	{ "matrix", 0, NULL,
	  "print which run makes which call, and which runs are enough",
	  OPTION_FLAG(struct options, matrix), .selects = RUNS },
	{ "csv", 0, NULL, "print the matrix alone, as comma-separated values",
	  OPTION_FLAG(struct options, csv), .modes = RUNS },
	{ "coverage", 0, NULL,
	  "predict how many more runs like these would make a call\n"
	  "that none of them made",
	  OPTION_FLAG(struct options, coverage), .selects = SAMPLE },
	UNIT_OPTION(struct options, chosen.unit,
		    "which runs count as one: those of one argv (default),\n"
		    "those of one name, or none (run); label:KEY: predict for\n"
		    "runs with another value of the label", SAMPLE),
	{ "args", 0, NULL, "look at the values of arguments, too",
	  OPTION_FLAG(struct options, args), .modes = SAMPLE },
	{ "paths", 0, NULL, "look at paths and addresses instead of calls",
	  OPTION_FLAG(struct options, paths), .modes = SAMPLE },
	{ "profile", 'p', "FILE",
	  "calls that this profile allows are no risk",
	  OPTION_TEXT(struct options, profile), .modes = SAMPLE },
	{ "more", 0, "N", "predict N more runs (default: 100)",
	  set_more, .modes = SAMPLE },
	{ "fail-on-risk", 0, "N%",
	  "exit with status 1 unless at most N % of more runs would\n"
	  "make a new call, by the upper bound",
	  set_limit, .modes = SAMPLE },
	{ "json", 0, NULL, "print JSON",
	  OPTION_FLAG(struct options, json), .modes = SAMPLE },
	SELECTION_OPTIONS(struct options, images, 0),
	HARNESS_OPTION(struct options, choice.harness, 0),
	{ "allow-partial", 0, NULL, "accept streams that end early",
	  OPTION_FLAG(struct options, choice.partial) },
};

static const struct option_table table = {
	.usage = "Usage: sp-diff [-q] [--by-image] [--groups] [--steady]\n"
		 "               [--fail-on=WHAT] [--allow-partial] OLD [NEW]\n"
		 "       sp-diff --matrix [--csv] [--by-image] [--allow-partial]\n"
		 "               [RUN...]\n"
		 "       sp-diff --coverage [--unit=UNIT] [--args | --paths]\n"
		 "               [-p FILE] [--more=N] [--fail-on-risk=N%] [--json]\n"
		 "               [--allow-partial] [RUN...]\n"
		 "Print the calls that only OLD (-) or only NEW (+) has. Each is a\n"
		 "stream or a profile; - is stdin. Without NEW, or without RUN, it\n"
		 "reads stdin.\n",
	.rows = rows, .n_rows = sizeof(rows) / sizeof(rows[0]),
	.end = "Exit status: 0 equal, 1 different, 2 trouble; see --fail-on.\n",
};

/* Returns whether a run of the new side failed. */
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

/* Returns whether the profile, if it is one, can be compared with the trace. */
static bool check_machine(const struct side *profile, const struct trace *t,
			  const char *path)
{
	char *problem = t && profile->profile && profile->profile->of_machine ?
		machine_mismatch(t) : NULL;
	bool fits = !problem;

	if (!fits)
		message_error("%s: %s", input_name(path), problem);
	free(problem);
	return fits;
}

/*
 * Loads both sides even if the first one is bad, so that there is an error for
 * each bad one.
 */
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
	const struct comparison c = {
		.flags = (o->groups ? COMPARE_GROUPS : 0) |
			(o->steady ? COMPARE_STEADY : 0) |
			(o->fail_on ? o->fail_on :
			 COMPARE_ADDED | COMPARE_REMOVED),
		.all_archs = o->all_archs, .arch = o->arch,
		.style = o->markdown ? STYLE_MARKDOWN :
			o->github ? STYLE_GITHUB : STYLE_TEXT,
		.out = o->quiet ? NULL : stdout,
	};
	bool fails;

	if (!selection_is_empty(&o->images) && !old->trace && !new->trace)
		message_error("--%s needs a recording: a profile has no "
			      "executables",
			      o->images.n_images ? "image" : "tree");
	if (c.flags & COMPARE_FAILED && !new->trace)
		message_error("%s: a profile has no runs that could have "
			      "failed", input_name(paths[1]));
	fails = note_endings(old, new, paths[0], paths[1]) &&
		c.flags & COMPARE_FAILED;
	fails |= compare_sides(old, new, &c);
	fails |= compare_privileges(old, new, &c);
	return fails;
}

static void run_diff(struct options *o, char *old, char *new)
{
	char *const paths[] = { old, new, NULL };
	struct side sides[2] = { 0 };
	struct inputs inputs;

	o->choice.selection = o->images;
	if (!strcmp(old, "-") && !strcmp(new, "-"))
		message_usage("stdin cannot be both sides");
	inputs_open(&inputs, paths);
	for (size_t i = 0; i < inputs.n; i++)
		side_prepare(&inputs.at[i], &o->host);
	enter_sandbox(&inputs);
	if (load_sides(sides, &inputs, o) &&
	    check_machine(&sides[0], sides[1].trace, old) &&
	    check_machine(&sides[1], sides[0].trace, new) &&
	    differ(o, &sides[0], &sides[1], paths))
		message_latch(STATUS_NO);
	side_free(&sides[0]);
	side_free(&sides[1]);
	inputs_close(&inputs);
	host_release(&o->host);
}

static void print_matrix(const struct options *o, struct matrix *m)
{
	if (o->csv) {
		report_csv(m, o->choice.by_image, stdout);
		return;
	}
	matrix_choose_runs(m);
	report_text(m, o->all_archs ? NULL :
		    o->arch ? o->arch : trace_native(m->trace), stdout);
}

static struct matrix *load_matrix(const struct options *o,
				  struct inputs *inputs, const char *name)
{
	struct matrix_choice choice = {
		.rows = o->args ? ROWS_ARGUMENTS : o->paths ? ROWS_PATHS :
			ROWS_CALLS,
		.by_image = o->choice.by_image,
		.partial = o->choice.partial,
		.harness = o->choice.harness,
		.images = o->images,
	};

	return matrix_load(inputs, name, &choice);
}

static void run_matrix(const struct options *o, char **paths)
{
	struct inputs inputs;
	struct matrix *m;

	inputs_open(&inputs, paths);
	enter_sandbox(&inputs);
	m = load_matrix(o, &inputs, "the matrix");
	if (m)
		print_matrix(o, m);
	matrix_free(m);
	inputs_close(&inputs);
}

/* The calls that a profile always allows, so that they are no risk. */
struct known {
	struct side profile;
	/* Whether calls that groups of sp-emit add count as unknown. */
	bool groups;
	struct group_choice choice;
};

static int compare_id(const void *id, const void *entry)
{
	return call_id_compare(id, &((const struct entry *)entry)->id);
}

static bool is_known(const struct row *row, void *arg)
{
	const struct known *k = arg;

	if (row->kind != FACT_CALL)
		return false;
	if (k->profile.profile && profile_implies(k->profile.profile, row->id))
		return true;
	if (!k->groups && group_adds(&k->choice, row->id))
		return true;
	return bsearch(&row->id, k->profile.entries, k->profile.n_entries,
		       sizeof(*k->profile.entries), compare_id);
}

static void report_sample(const struct options *o, struct inputs *runs,
			  struct known *known)
{
	struct matrix *m = load_matrix(o, runs, "the sample");
	struct coverage_choice sample = o->chosen;
	struct group_choice *choice = &known->choice;
	struct thread_call *threads;

	if (!m)
		return;
	threads = thread_calls(m->trace, &choice->n_threads);
	choice->threads = threads;
	choice->native = trace_native(m->trace);
	choice->runtimes = RUNTIME_RUNC | RUNTIME_CRUN;
	sample.of_images = !selection_is_empty(&o->images);
	if (check_machine(&known->profile, m->trace, o->profile) &&
	    !coverage_report(m, &sample, o->args ? ROWS_ARGUMENTS :
			     o->paths ? ROWS_PATHS : ROWS_CALLS, is_known,
			     known, o->json, o->quiet ? NULL : stdout))
		message_latch(STATUS_NO);
	free(threads);
	matrix_free(m);
}

/* Returns false if it printed an error. */
static bool load_known(struct options *o, struct inputs *in,
		       struct known *known)
{
	if (!o->profile)
		return true;
	if (!side_load(&known->profile, &in->at[0], &o->choice, &o->host))
		return false;
	if (known->profile.profile)
		return true;
	message_error("%s: a stream, but -p needs a profile",
		      input_name(o->profile));
	return false;
}

static void run_coverage(struct options *o, char **paths)
{
	char *profile[] = { (char *)o->profile, NULL };
	struct known known = { .groups = o->groups };
	struct inputs runs, in = { 0 };

	if (o->profile) {
		inputs_open(&in, profile);
		side_prepare(&in.at[0], &o->host);
	}
	inputs_open(&runs, paths);
	if (!o->profile || inputs_are_open(&in))
		enter_sandbox(&runs);
	if (load_known(o, &in, &known))
		report_sample(o, &runs, &known);
	side_free(&known.profile);
	inputs_close(&runs);
	if (o->profile)
		inputs_close(&in);
	host_release(&o->host);
}

static void check_sample(const struct options *o)
{
	if (o->args && o->paths)
		message_usage("--args cannot be combined with --paths");
	if (o->markdown && o->github)
		message_usage("--markdown cannot be combined with --github");
	if (o->profile && (o->args || o->paths))
		message_usage("-p is for calls: it cannot be combined with %s",
			      o->args ? "--args" : "--paths");
}

int main(int argc, char **argv)
{
	struct options o = { .chosen = { .more = 100, .limit = 1 } };
	struct option_line line;

	message_init("sp-diff", STATUS_TROUBLE, argv);
	host_init(&o.host);
	options_parse(&table, argc, argv, &o, &line);
	options_check_mode(&table, &line, modes, 3,
			   o.coverage ? 2 : o.matrix);
	check_sample(&o);
	if (!o.coverage && !o.matrix && (line.n_operands < 1 || line.n_operands > 2))
		message_usage("give OLD, and NEW or nothing");
	if (o.coverage)
		run_coverage(&o, line.operands);
	else if (o.matrix)
		run_matrix(&o, line.operands);
	else
		run_diff(&o, line.operands[0],
			 line.n_operands > 1 ? line.operands[1] : "-");
	selection_free(&o.images);
	return message_finish();
}
