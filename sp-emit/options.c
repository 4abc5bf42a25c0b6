/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/options.h"
#include "base/text.h"
#include "paths.h"
#include "process/unit-name.h"

/* Returns 0 if there is no such errno. */
static int find_errno(const char *name)
{
	enum { ERRNO_MAX = 4095 };	/* MAX_ERRNO, linux/err.h */

	for (int e = 1; e <= ERRNO_MAX; e++) {
		const char *known = strerrorname_np(e);

		if (known && !strcmp(known, name))
			return e;
	}
	return 0;
}

static char *set_deny(const struct option_row *row, void *to, const char *what)
{
	static const char prefix[] = "errno:";
	struct options *o = to;
	int error;

	(void)row;
	o->has_deny = true;
	if (!strcmp(what, "kill")) {
		o->default_action = SECCOMP_RET_KILL_PROCESS;
	} else if (!strcmp(what, "log")) {
		o->default_action = SECCOMP_RET_LOG;
	} else if (!strncmp(what, prefix, strlen(prefix))) {
		error = find_errno(what + strlen(prefix));
		if (!error)
			return xasprintf("no errno is called '%s'",
					 what + strlen(prefix));
		o->default_action = SECCOMP_RET_ERRNO | error;
	} else {
		return xstrdup("not errno:NAME, kill or log");
	}
	return NULL;
}

static char *set_runtime(const struct option_row *row, void *to,
			 const char *name)
{
	static const struct {
		const char *name;
		int runtimes;
	} names[] = {
		{ "none", 0 },
		{ "runc", RUNTIME_RUNC },
		{ "crun", RUNTIME_CRUN },
		{ "any", RUNTIME_RUNC | RUNTIME_CRUN },
		{ "bwrap", RUNTIME_BWRAP },
		{ "lxc", RUNTIME_LXC },
		{ "systemd", RUNTIME_SYSTEMD },
		{ "firejail", RUNTIME_FIREJAIL },
	};

	(void)row;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].name, name))
			continue;
		((struct options *)to)->runtimes = names[i].runtimes;
		return NULL;
	}
	return xstrdup("not runc, crun, any, bwrap, firejail, lxc, systemd or none");
}

/*
 * Returns the optional group with that name, or GROUP_COUNT if there is none.
 */
static int find_optional(const char *name)
{
	int g = 0;

	while (g < GROUP_COUNT &&
	       (!group_is_optional(g) || strcmp(group_name(g), name)))
		g++;
	return g;
}

static char *set_with(const struct option_row *row, void *to, const char *list)
{
	char *copy = xstrdup(list), *rest = copy, *name, *problem = NULL;

	(void)row;
	while (!problem && (name = strsep(&rest, ","))) {
		int g = find_optional(name);

		if (g < GROUP_COUNT)
			((struct options *)to)->with[g] = true;
		else
			problem = xasprintf("'%s' is not tini, catatonit, "
					    "sh or portable", name);
	}
	free(copy);
	return problem;
}

static char *set_add(const struct option_row *row, void *to, const char *list)
{
	(void)row;
	return additions_parse(&((struct options *)to)->add, list);
}

/* Returns "socket, ioctl, prctl …", without duplicates; the caller frees it. */
static char *args_groups(void)
{
	const struct argument_rule *rule, *before = NULL;
	char *list = NULL;

	for (size_t i = 0; (rule = argument_rule_at(i)); i++) {
		if (!rule->group)
			continue;
		if (!before || strcmp(before->group, rule->group))
			text_append(&list, ", ", rule->group);
		before = rule;
	}
	return list;
}

static char *set_possible(const struct option_row *row, void *to,
			  const char *value)
{
	struct options *o = to;

	(void)row;
	o->possible = true;
	o->possible_all = value;
	return value && strcmp(value, "all") ?
		xstrdup("the value can only be all") : NULL;
}

static char *set_args(const struct option_row *row, void *to, const char *list)
{
	struct options *o = to;
	char *bad, *groups, *problem;

	(void)row;
	o->has_args = true;
	if (args_parse(list, o->args, &bad))
		return NULL;
	groups = args_groups();
	problem = xasprintf("no group is called '%s': the groups are %s, and all",
			    bad, groups);
	free(groups);
	free(bad);
	return problem;
}

static char *set_general(const struct option_row *row, void *to,
			 const char *list)
{
	(void)row;
	return general_parse(list, &((struct options *)to)->general) ? NULL :
		xstrdup("not all, none, usual or a list of pid, tmp, hash, date, runs and version");
}

/* Accepts only services, since the drop-in has a section [Service]. */
static char *set_install(const struct option_row *row, void *to,
			 const char *name)
{
	struct options *o = to;
	size_t length;

	(void)row;
	free(o->install);
	o->install = unit_name_whole(name);
	length = strlen(o->install);
	if (!unit_name_is_valid(o->install) || *name == '@' ||
	    length <= strlen(".service") ||
	    strcmp(o->install + length - strlen(".service"), ".service"))
		return xstrdup("no service can have that name");
	return NULL;
}

static char *set_format(const struct option_row *row, void *to,
			const char *value)
{
	struct options *o = to;

	(void)value;
	if (!o->format)
		o->format = row->extra;
	else if (o->format != row->extra)
		o->second = row->extra;
	return NULL;
}

/*
 * Bits of row.modes: an option has an effect only on formats of calls, of
 * paths, or about runs.
 */
enum { OF_CALLS = 1, OF_PATHS = 2, OF_RUNS = 4 };

static const struct option_row rows[] = {
	{ "explain", 0, NULL,
	  "instead of the profile, print where each of its calls\n"
	  "comes from; without a format, for --oci",
	  OPTION_FLAG(struct options, explain) },
	{ "possible", 0, "[all]",
	  "with --explain, --markdown or --html: also calls\n"
	  "that executables can make but no run made, and tests for\n"
	  "them; with all, --explain has a line for each call",
	  .set = set_possible, .modes = OF_CALLS },
	UNIT_OPTION(struct options, unit,
		    "with --html, --markdown or --explain --possible: which\n"
		    "runs count as one: those of one argv (default) or name,\n"
		    "none (run), or those with one value of label:KEY",
		    OF_RUNS),
	{ .help = "\nWhat is in it:" },
	{ "args", 0, "[GROUPS]",
	  "also make rules for arguments of socket, ioctl, prctl,\n"
	  "personality, ptrace, bpf, keyctl, clone and exec; only\n"
	  "if named: fcntl, setsockopt, kill; or all",
	  .set = set_args },
	{ "paths", 0, NULL,
	  "with --systemd: also restrict the file system",
	  OPTION_FLAG(struct options, paths) },
	{ "harden", 0, NULL,
	  "with --systemd: further settings that the recording\n"
	  "proves", OPTION_FLAG(struct options, harden) },
	{ "generalize", 0, "R",
	  "make patterns of paths that differ from run to run: a\n"
	  "list of pid, tmp, hash, date, runs, version; all, none,\n"
	  "usual (default: all but version)", .set = set_general,
	  .choices = "all usual none pid tmp hash date runs version",
	  .modes = OF_PATHS },
	{ "base", 0, "FILE",
	  "also allow what this profile allows, in any form that\n"
	  "sp-verify reads", OPTION_TEXT(struct options, base), .modes = OF_CALLS },
	HOST_OPTIONS(struct options, host, OF_CALLS),
	{ "exact", 0, NULL, "allow the observed calls only",
	  OPTION_FLAG(struct options, exact), .modes = OF_CALLS },
	{ "deny", 0, "WHAT",
	  "for other calls: errno:NAME, kill or log (default\n"
	  "errno:EPERM; with --minijail, kill)", .set = set_deny,
	  .choices = "errno:EPERM errno:ENOSYS kill log" },
	{ "runtime", 0, "WHICH",
	  "add the calls of this program: runc, crun, any of these\n"
	  "(default with --oci, --docker and --spo), bwrap (with\n"
	  "--bpf), firejail, lxc, systemd (with these) or none",
	  .set = set_runtime,
	  .choices = "runc crun any bwrap firejail lxc systemd none",
	  .modes = OF_CALLS },
	{ "with", 0, "GROUPS",
	  "also the calls of tini, catatonit (of --init), or sh (of\n"
	  "health checks); or portable: those that another C library,\n"
	  "kernel or architecture makes instead of the observed ones", .set = set_with,
	  .choices = "tini catatonit sh portable", .modes = OF_CALLS },
	{ "add", 0, "CALLS",
	  "allow calls that no run made: names, or possible:N, the\n"
	  "first N that --possible lists", .set = set_add,
	  .modes = OF_CALLS },
	{ "nnp", 0, NULL, "the container has no_new_privs, so add fewer calls",
	  OPTION_FLAG(struct options, no_new_privs), .modes = OF_CALLS },
	SELECTION_OPTIONS(struct options, selection, 0),
	{ "only-through", 0, "PATTERN",
	  "only the calls that sp-record --stacks saw come through\n"
	  "such a function or file; can be repeated",
	  through_option_only, .at = offsetof(struct options, through),
	  .modes = OF_CALLS },
	{ "not-through", 0, "PATTERN",
	  "only calls that came through none; can be repeated",
	  through_option_not, .at = offsetof(struct options, through),
	  .modes = OF_CALLS },
	HARNESS_OPTION(struct options, harness, 0),
	{ "from", 0, "MARK",
	  "only calls after a mark of sp-record --mark",
	  OPTION_TEXT(struct options, from) },
	{ "until", 0, "MARK", "only calls before a mark",
	  OPTION_TEXT(struct options, until) },
	{ "allow-denied", 0, NULL,
	  "allow what a filter denied while it was recorded",
	  OPTION_FLAG(struct options, allow_denied), .modes = OF_CALLS },
	{ "deny-denied", 0, NULL,
	  "deny that, even if the denial killed the program",
	  OPTION_FLAG(struct options, deny_denied), .modes = OF_CALLS },
	{ "trust-names", 0, NULL,
	  "in policies of paths, use names too that may be no\n"
	  "more than what the program claims",
	  OPTION_FLAG(struct options, trust_names), .modes = OF_PATHS },
	{ "widen-names", 0, NULL,
	  "with --systemd --paths, allow the directory of a name\n"
	  "that a unit file cannot hold",
	  OPTION_FLAG(struct options, widen_names) },
	{ "allow-partial", 0, NULL,
	  "accept recordings that are incomplete",
	  OPTION_FLAG(struct options, allow_partial) },
	{ .help = "\nCalls that were not observed, to leave out:" },
};
static const struct option_row last_rows[] = {
	{ .help = "" },
	{ "into", 0, "FILE",
	  "with --oci: put the profile into a config.json, FILE",
	  OPTION_TEXT(struct options, into) },
	{ "install", 0, "UNIT",
	  "with --systemd: put the drop-in where systemd reads it",
	  .set = set_install },
	{ "output", 'o', "FILE", "write to FILE, whole or not at all",
	  OPTION_TEXT(struct options, output) },
};

/*
 * All rows: formats, options of the table above, groups, and the last options.
 */
struct all_rows {
	struct option_row at[OPTION_ROWS_MAX];
	size_t n;
	char without[GROUP_COUNT][16];	/* "no-kernel" */
};

static void add_rows(struct all_rows *all, const struct option_row *more,
		     size_t n)
{
	memcpy(all->at + all->n, more, n * sizeof(*more));
	all->n += n;
}

static void fill_rows(struct all_rows *all)
{
	static const char *const groups[GROUP_COUNT] = {
		[GROUP_KERNEL] = "calls that the kernel makes by itself",
		[GROUP_START] = "calls of what loads the filter, before the program",
		[GROUP_VDSO] = "calls that, by clock and libc, the vDSO may answer",
		[GROUP_THREADS] = "calls that threads make or not, by timing",
		[GROUP_RUNTIME] = "calls that the runtime itself makes: --runtime",
		[GROUP_FALLBACK] = "newer calls that libc probes: ENOSYS",
	};
	const struct format *format;

	for (size_t i = 0; (format = format_at(i)); i++)
		all->at[all->n++] = (struct option_row){
			.name = format->name, .help = format->help,
			.set = set_format, .extra = format,
		};
	add_rows(all, rows, sizeof(rows) / sizeof(rows[0]));
	for (int g = 0; g < GROUP_COUNT; g++) {
		if (group_is_optional(g))
			continue;
		snprintf(all->without[g], sizeof(all->without[g]), "no-%s",
			 group_name(g));
		all->at[all->n++] = (struct option_row){
			.name = all->without[g], .help = groups[g],
			OPTION_FLAG(struct options, without[g]),
			.modes = OF_CALLS,
		};
	}
	add_rows(all, last_rows, sizeof(last_rows) / sizeof(last_rows[0]));
}

/* Returns the denial of the format that an action stands for. */
static enum format_deny deny_of(uint32_t action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_LOG:
		return DENY_LOG;
	case SECCOMP_RET_ERRNO:
		return action == (SECCOMP_RET_ERRNO | EPERM) ? DENY_EPERM :
			DENY_ERRNO;
	default:
		return DENY_KILL;
	}
}

/* With --deny=log, refuses options whose settings can only deny. */
static void check_staging(const struct options *o)
{
	if (o->default_action != SECCOMP_RET_LOG ||
	    o->format->write != write_systemd)
		return;
	if (o->paths)
		message_usage("--deny=log cannot be combined with --paths: "
			      "systemd can only deny paths, not log them");
	if (o->harden)
		message_usage("--deny=log cannot be combined with --harden: "
			      "these settings can only deny, not log");
	if (o->has_args)
		message_usage("--deny=log cannot be combined with --args: "
			      "RestrictAddressFamilies= can only deny, not "
			      "log");
}

static void choose_deny(struct options *o)
{
	unsigned int denials = o->format->denials;

	if (!o->has_deny)
		o->default_action = denials & DENY_EPERM ?
			SECCOMP_RET_ERRNO | EPERM : SECCOMP_RET_KILL_PROCESS;
	else if (!denials)
		message_usage("--deny: --%s does not say what happens to "
			      "other calls", o->format->name);
	else if (!(denials & deny_of(o->default_action)))
		message_usage("--deny: --%s can only have%s%s%s",
			      o->format->name,
			      denials & DENY_ERRNO ? " errno:NAME" :
			      denials & DENY_EPERM ? " errno:EPERM" : "",
			      denials & DENY_KILL ? " kill" : "",
			      denials & DENY_LOG ? " log" : "");
}

/*
 * Returns "--oci, --docker, … or --ndjson", for the error that no format was
 * given.
 */
static char *format_list(void)
{
	const struct format *format;
	char *list = NULL;

	for (size_t i = 0; (format = format_at(i)); i++) {
		char *option = xasprintf("--%s", format->name);

		text_append(&list, format_at(i + 1) ? ", " : " or ", option);
		free(option);
	}
	return list;
}

static void check_format(struct options *o)
{
	if (!o->format && o->explain)
		o->format = format_at(0);
	if (!o->format && (o->harden || o->paths || o->install))
		message_usage("no format: --%s needs --systemd",
			      o->install ? "install" :
			      o->harden ? "harden" : "paths");
	if (!o->format)
		message_usage("no format: give %s", format_list());
	if (o->second)
		message_usage("--%s cannot be combined with --%s: one format "
			      "at a time", o->second->name, o->format->name);
}

static void check_selection(const struct options *o)
{
	if (!(o->format->flags & FORMAT_EVENTS))
		return;
	if (o->from || o->until)
		message_usage("--%s cannot be combined with --%s, whose lines "
			      "have their time", o->from ? "from" : "until",
			      o->format->name);
	if (!selection_is_empty(&o->selection))
		message_usage("--%s cannot be combined with --%s, whose lines "
			      "have their image", o->selection.n_images ?
			      "image" : "tree", o->format->name);
}

/* Whether the output shows how complete the runs are, or proposes tests. */
static bool is_about_runs(const struct options *o)
{
	return o->format->write == write_html ||
		o->format->write == write_markdown ||
		(o->explain && o->possible);
}

/* Refuses options that would have no effect. */
static void check_modes(const struct options *o,
			const struct option_table *table,
			const struct option_line *line)
{
	unsigned int is = (o->format->flags & FORMAT_TRACE ? 0 : OF_CALLS) |
		(o->format->flags & FORMAT_POLICY || o->paths ? OF_PATHS : 0) |
		(is_about_runs(o) ? OF_RUNS : 0);

	for (size_t i = 0; i < table->n_rows; i++) {
		const struct option_row *row = &table->rows[i];

		if (!(line->given >> i & 1) || !row->modes || row->modes & is)
			continue;
		if (row->modes == OF_RUNS)
			message_usage("--%s is only for --html, --markdown and "
				      "--explain with --possible", row->name);
		message_usage("--%s: --%s is not a %s", row->name,
			      o->format->name, row->modes == OF_CALLS ?
			      "profile of calls" : "policy of paths");
	}
}

static bool reads_stdin(char *const *files)
{
	bool found = !*files;

	for (; *files; files++)
		found |= !strcmp(*files, "-");
	return found;
}

static void check_install(const struct options *o)
{
	if (!o->install)
		return;
	if (o->format->write != write_systemd)
		message_usage("--install is only for --systemd");
	if (o->output || o->explain)
		message_usage("--install cannot be combined with --%s",
			      o->output ? "output" : "explain");
	if (geteuid())
		message_usage("--install: only root can install a drop-in");
}

/* Refuses options that the format does not have. */
static void check_support(const struct options *o)
{
	unsigned int flags = o->format->flags;

	if (o->explain && flags & FORMAT_TRACE && !(flags & FORMAT_POLICY))
		message_usage("--explain: --%s is not a profile",
			      o->format->name);
	if (o->paths && o->format->write != write_systemd)
		message_usage("--paths: --%s %s", o->format->name,
			      flags & FORMAT_PATHS ? "always has paths" :
			      "has no paths");
	if (o->harden && o->format->write != write_systemd)
		message_usage("--harden is only for --systemd");
	if (o->has_args && !(flags & FORMAT_ARGS))
		message_usage("--args: --%s has no rules for arguments",
			      o->format->name);
}

static void check(const struct options *o)
{
	check_staging(o);
	check_selection(o);
	if (o->base && !strcmp(o->base, "-") && reads_stdin(o->traces))
		message_usage("stdin cannot be a recording and the base");
	if (o->base && o->exact)
		message_usage("--base cannot be combined with --exact");
	if (o->possible && !o->explain && o->format->write != write_html &&
	    o->format->write != write_markdown)
		message_usage("--possible is only for --explain, --markdown "
			      "and --html; --add=possible:N allows the first N "
			      "calls");
	if ((o->add.possible || o->add.n_names) && o->exact)
		message_usage("--add cannot be combined with --exact");
	if (o->into && (o->format->write != write_oci || o->explain))
		message_usage("--into is only for --oci");
	check_install(o);
	if (o->paths && !through_is_empty(&o->through))
		message_usage("--%s-through cannot be combined with --paths: "
			      "stacks are recorded of calls, not of paths",
			      o->through.n_only ? "only" : "not");
	if (o->widen_names && !o->paths)
		message_usage("--widen-names is only for --systemd --paths");
	if (o->allow_denied && o->deny_denied)
		message_usage("--allow-denied cannot be combined with "
			      "--deny-denied");
	check_support(o);
}

void options_read(struct options *o, int argc, char **argv)
{
	struct all_rows all = { 0 };
	struct option_table table = {
		.usage =
"Usage: sp-emit FORMAT [OPTION...] [FILE...]\n"
"Write a sandbox profile from what was recorded in the FILEs together.\n"
"With no FILE, or when FILE is -, read stdin.\n"
"\n"
"FORMAT is one of:",
		.rows = all.at,
	};
	struct option_line line;

	*o = (struct options){ .runtimes = -1, .general = GENERAL_USUAL };
	host_init(&o->host);
	fill_rows(&all);
	table.n_rows = all.n;
	options_parse(&table, argc, argv, o, &line);
	o->traces = line.operands;
	check_format(o);
	if (!o->output)
		o->output = o->into;
	choose_deny(o);
	check(o);
	check_modes(o, &table, &line);
}

void options_free(struct options *o)
{
	selection_free(&o->selection);
	through_free(&o->through);
	additions_free(&o->add);
	free(o->config);
	free(o->install);
}
