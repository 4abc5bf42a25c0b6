/* SPDX-License-Identifier: Apache-2.0 */
/* sp-verify: a profile against a trace, or against a command run under it. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "confine.h"
#include "live.h"
#include "memory.h"
#include "message.h"
#include "output.h"
#include "replay.h"
#include "score.h"
#include "simulate.h"
#include "staging.h"
#include "text.h"

static const char help[] =
"Usage: sp-verify -p PROFILE [TRACE...]\n"
"       sp-verify -p PROFILE [-t SECONDS] [--enforce] -- COMMAND [ARG...]\n"
"       sp-verify -p PROFILE [-t SECONDS] [--enforce] --replay [TRACE...]\n"
"       sp-verify --score -p PROFILE [TRACE...]\n"
"       sp-verify --audit[=LOG] [-p PROFILE] [-t SECONDS] [--exe=GLOB]\n"
"                 [--unit=NAME] [--container=NAME]\n"
"       sp-verify --landlock=POLICY [TRACE...]\n"
"       sp-verify --landlock=POLICY [-t SECONDS] [--enforce] -- COMMAND [ARG...]\n"
"List every call that a seccomp profile denies: of recordings, without\n"
"running anything; of a command; or of a recorded command run again. Or list\n"
"what the kernel logs under a profile in force; or what a Landlock policy\n"
"denies: to recorded paths and ports, or to a command that is run under it.\n"
"With no TRACE, or when TRACE is -, read stdin.\n"
"\n"
"  -p, --profile=FILE   the profile: an OCI seccomp object or a config.json\n"
"      --landlock=FILE  the policy, as sp-emit --landlock writes it\n"
"      --score          how tight it is: what it allows, what of that was\n"
"                       recorded, and what engines allow by default\n"
"      --replay         run the commands of the recordings again\n"
"      --run=ID         with --replay: only runs of this name or id\n"
"      --enforce        answer calls as the profile says\n"
"      --audit[=LOG]    what the kernel logs, until ^C or -t, or has logged\n"
"                       (LOG: auditd's, dmesg's, journalctl's; - is stdin)\n"
"      --exe=GLOB       with --audit: of executables whose path matches\n"
"      --unit=NAME      with --audit, not of a LOG: of a systemd unit\n"
"      --container=NAME the same of a container, by name or id\n"
"      --learn          with --audit: write the calls as a stream, for\n"
"                       sp-merge; the list goes to stderr\n"
"  -t, --time=SECONDS   end the command, or --audit, after that time\n"
"  -o, --output=FILE    write the list to FILE, whole or not at all\n"
"      --json           the list as a JSON array\n"
"      --junit=FILE     write a JUnit file as well, for a CI\n"
"      --allow-partial  accept recordings that do not hold all calls\n"
"  -h, --help           print this help\n"
"  -V, --version        print the version\n"
"\n"
"A command's stdout is stderr, unless the list goes to a FILE.\n"
"Exit status: 0 no violation, 1 violations, 2 trouble.\n";

struct options {
	const char *profile;	/* NULL: a Landlock policy is given */
	const char *landlock;
	const char *output;	/* NULL: stdout */
	const char *run;	/* NULL: all */
	const char *junit;	/* NULL: none is written */
	bool replay, enforce, partial, json, audit, score, learn;
	const char *log;	/* of --audit; NULL: as it happens */
	const char *exe, *unit, *container;	/* NULL: any */
	unsigned int timeout;	/* seconds; 0: none */
	char **traces;		/* NULL-terminated */
	size_t n_traces;
	char **command;		/* NULL: none */
};

static unsigned int parse_seconds(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || !value ||
	    value > INT32_MAX)
		message_usage("%s: not a number of seconds", text);
	return value;
}

enum { OPT_REPLAY = 256, OPT_RUN, OPT_ENFORCE, OPT_PARTIAL, OPT_LANDLOCK,
       OPT_JSON, OPT_JUNIT, OPT_AUDIT, OPT_EXE, OPT_UNIT, OPT_CONTAINER,
       OPT_SCORE, OPT_LEARN,
       OPERAND = 1 };

static void take_option(struct options *o, int c)
{
	switch (c) {
	case OPERAND:
		o->traces = xgrow(o->traces, o->n_traces, sizeof(char *));
		o->traces[o->n_traces++] = optarg;
		break;
	case 'p':
		o->profile = optarg;
		break;
	case OPT_JSON:
		o->json = true;
		break;
	case OPT_JUNIT:
		o->junit = optarg;
		break;
	case OPT_LANDLOCK:
		o->landlock = optarg;
		break;
	case OPT_AUDIT:
		o->audit = true;
		o->log = optarg;
		break;
	case OPT_LEARN:
		o->learn = true;
		break;
	case OPT_SCORE:
		o->score = true;
		break;
	case OPT_EXE:
		o->exe = optarg;
		break;
	case OPT_UNIT:
		o->unit = optarg;
		break;
	case OPT_CONTAINER:
		o->container = optarg;
		break;
	case 'o':
		o->output = optarg;
		break;
	case 't':
		o->timeout = parse_seconds(optarg);
		break;
	case OPT_REPLAY:
		o->replay = true;
		break;
	case OPT_RUN:
		o->run = optarg;
		break;
	case OPT_ENFORCE:
		o->enforce = true;
		break;
	case OPT_PARTIAL:
		o->partial = true;
		break;
	case 'h':
		message_help(help);
	case 'V':
		message_version();
	default:
		message_try_help();
	}
}

/*
 * Operands come in order ("-" in the option string), so that only what
 * stands after a "--" that is no option's argument is ever run.
 */
static void parse_options(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "profile", required_argument, NULL, 'p' },
		{ "json", no_argument, NULL, OPT_JSON },
		{ "junit", required_argument, NULL, OPT_JUNIT },
		{ "landlock", required_argument, NULL, OPT_LANDLOCK },
		{ "audit", optional_argument, NULL, OPT_AUDIT },
		{ "learn", no_argument, NULL, OPT_LEARN },
		{ "score", no_argument, NULL, OPT_SCORE },
		{ "exe", required_argument, NULL, OPT_EXE },
		{ "unit", required_argument, NULL, OPT_UNIT },
		{ "container", required_argument, NULL, OPT_CONTAINER },
		{ "output", required_argument, NULL, 'o' },
		{ "time", required_argument, NULL, 't' },
		{ "replay", no_argument, NULL, OPT_REPLAY },
		{ "run", required_argument, NULL, OPT_RUN },
		{ "enforce", no_argument, NULL, OPT_ENFORCE },
		{ "allow-partial", no_argument, NULL, OPT_PARTIAL },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int c, before = optind;

	while ((c = getopt_long(argc, argv, "-p:o:t:hV", longs, NULL)) != -1) {
		take_option(o, c);
		before = optind;
	}
	if (optind > before)	/* the last step was over "--" */
		o->command = argv + optind;
	o->traces = xgrow(o->traces, o->n_traces, sizeof(char *));
}

static void check_audit(const struct options *o)
{
	if (o->audit && (o->n_traces || o->command || o->replay ||
			 o->landlock || o->enforce || o->score))
		message_usage("--audit is for itself, or for -p alone");
	if (!o->audit && o->learn)
		message_usage("--learn is for --audit");
	if (!o->audit && (o->exe || o->unit || o->container))
		message_usage("--exe, --unit and --container are for --audit");
	if (o->unit && o->container)
		message_usage("--unit and --container: one of the two");
	if (o->log && (o->unit || o->container || o->timeout))
		message_usage("%s is not for a log",
			      o->timeout ? "-t" : o->unit ? "--unit" :
			      "--container");
	if (o->log && o->profile && !strcmp(o->log, "-") &&
	    !strcmp(o->profile, "-"))
		message_usage("stdin is either profile or log");
}

static void check_options(const struct options *o)
{
	const char *judge = o->profile ? o->profile : o->landlock;
	bool runs = o->command || o->replay;

	check_audit(o);
	if (o->audit)
		return;
	if (!judge)
		message_usage("no profile: -p is missing");
	if (o->profile && o->landlock)
		message_usage("-p and --landlock: one of the two");
	if (o->landlock && o->replay)
		message_usage("--replay is for -p");
	if (o->command && !*o->command)
		message_usage("no command after --");
	if (o->command && (o->n_traces || o->replay))
		message_usage("either recordings or a command");
	if (o->run && !o->replay)
		message_usage("--run is for --replay");
	if (o->score && (runs || o->landlock || o->junit))
		message_usage("--score is for -p and recordings");
	if (!runs && (o->enforce || o->timeout))
		message_usage("%s is for commands",
			      o->enforce ? "--enforce" : "-t");
	if (o->command || strcmp(judge, "-"))
		return;
	for (size_t i = 0; i < o->n_traces; i++)
		if (!strcmp(o->traces[i], "-"))
			message_usage("stdin is either profile or recording");
	if (!o->n_traces && !o->score)
		message_usage("stdin is either profile or recording");
}

static void say_unknown(const struct options *o, const struct profile *p)
{
	char *list = NULL;

	for (size_t i = 0; i < p->n_unknown; i++) {
		char *longer = xasprintf("%s%s%s", list ? list : "",
					 list ? ", " : "", p->unknown[i]);

		free(list);
		list = longer;
	}
	if (list) {
		char *printable = text_printable(list);

		message_note("%s: unknown names, ignored as runtimes do: %s",
			     o->profile, printable);
		free(printable);
	}
	free(list);
}

/* NULL: printed and latched. */
static struct filter *load_filter(const struct options *o)
{
	struct profile *p = profile_load(o->profile);
	struct filter *f = NULL;
	char *problem = NULL;
	int err;

	if (!p)
		return NULL;
	say_unknown(o, p);
	err = filter_compile(p, &f, &problem);
	if (err)
		message_error("%s: %s", o->profile,
			      problem ? problem : strerror(-err));
	else if (problem)
		message_note("%s: %s", o->profile, problem);
	free(problem);
	profile_free(p);
	return f;
}

static bool load_traces(const struct options *o, struct trace *t)
{
	unsigned int flags = o->partial ? TRACE_PARTIAL : 0;
	bool ok = true;

	if (!o->n_traces)
		return trace_load(t, "-", flags);
	for (char **path = o->traces; *path; path++)
		ok &= trace_load(t, *path, flags);
	return ok;
}

/* Leave stdout to the list: the command's goes to stderr, or stays. */
static int command_stdout(const struct options *o)
{
	return o->output && strcmp(o->output, "-") ? -1 : STDERR_FILENO;
}

/* A kill that --enforce saw is in the status, and not in the report. */
static void say_if_clean(bool ran, const struct report *report)
{
	if (ran && !report_size(report) && message_status() == STATUS_YES)
		message_note("no violation");
}

/* Each returns whether there is something to write. */

static bool verify_command(const struct options *o, const struct filter *f,
			   struct report *report)
{
	struct live_options live = { f, o->enforce, o->timeout };
	struct command command = {
		.argv = o->command, .stdout_fd = command_stdout(o),
	};
	bool ok = live_run(&live, &command, report);

	say_if_clean(ok, report);
	return ok || report_size(report);
}

static bool verify_replay(const struct options *o, const struct filter *f,
			  struct report *report)
{
	struct live_options live = { f, o->enforce, o->timeout };
	struct trace *t = trace_new();
	bool ok = load_traces(o, t) &&
		  replay(t, o->run, command_stdout(o), &live, report);

	say_if_clean(ok, report);
	trace_free(t);
	return ok || report_size(report);
}

static bool verify_trace(const struct options *o, const struct filter *f,
			 struct report *report)
{
	struct trace *t = trace_new();
	bool ok = load_traces(o, t) && trace_is_usable(t, o->partial);

	if (ok) {
		size_t n = simulate(f, t, report);

		if (!report_size(report))
			message_note("%zu calls, no violation", n);
	}
	trace_free(t);
	return ok;
}

/* Of one of the two; true if none is wanted. */
static bool write_junit(const struct options *o, struct denied *denied,
			struct report *report)
{
	struct output *out;

	if (!o->junit)
		return true;
	if (!output_open(&out, o->junit, 0))
		return false;
	if (denied)
		denied_junit(denied, output_file(out));
	if (report)
		report_junit(report, output_file(out));
	return output_commit(out);
}

static bool has_paths(const struct trace *t)
{
	for (size_t i = 0; i < t->n_runs; i++) {
		char **how = t->runs[i]->how;

		while (how && *how && strcmp(*how, "paths"))
			how++;
		if (how && *how)
			continue;
		message_error("recorded without --paths");
		return false;
	}
	return true;
}

static bool confine_trace(const struct options *o,
			  const struct landlock_policy *p,
			  struct denied *denied)
{
	struct trace *t = trace_new();
	bool ok = load_traces(o, t) && trace_is_usable(t, o->partial) &&
		has_paths(t);

	if (ok) {
		size_t n = confine_simulate(p, t, denied);

		if (!denied_size(denied))
			message_note("%zu paths and sockets, no violation", n);
	}
	trace_free(t);
	return ok;
}

static bool confine_command(const struct options *o,
			    const struct landlock_policy *p,
			    struct denied *denied)
{
	struct confine_options confine = { p, o->enforce, o->timeout };
	struct command command = {
		.argv = o->command, .stdout_fd = command_stdout(o),
	};
	bool ok = confine_run(&confine, &command, denied);

	if (ok && !denied_size(denied) && message_status() == STATUS_YES)
		message_note("no violation");
	return ok;
}

static void confine(const struct options *o, const struct landlock_policy *p)
{
	struct denied *denied = denied_new();
	struct output *out;

	if (!output_open(&out, o->output, OUTPUT_PRIVATE)) {
		denied_free(denied);
		return;
	}
	if (o->command ? confine_command(o, p, denied) :
	    confine_trace(o, p, denied)) {
		(o->json ? denied_json : denied_print)(denied,
						       output_file(out));
		if (output_commit(out) && write_junit(o, denied, NULL) &&
		    denied_size(denied))
			message_latch(STATUS_NO);
	} else {
		output_abandon(out);
	}
	denied_free(denied);
}

static void write_report(const struct options *o, struct report *report,
			 struct output *out)
{
	(o->json ? report_json : report_print)(report, output_file(out));
	if (output_commit(out) && write_junit(o, NULL, report) &&
	    report_size(report))
		message_latch(STATUS_NO);
}

/* What was learned is what was asked for: no violation is a no then. */
static void write_learned(const struct options *o, struct report *report,
			  struct trace *t, struct output *out)
{
	(o->json ? report_json : report_print)(report, stderr);
	if (report_size(report))
		message_note("%zu violations learned", report_size(report));
	trace_write(t, output_file(out));
	if (output_commit(out))
		write_junit(o, NULL, report);
}

static void verify_audit(const struct options *o, const struct filter *f)
{
	struct staging_options staging = {
		.log = o->log, .filter = f, .exe = o->exe, .unit = o->unit,
		.container = o->container, .timeout = o->timeout,
	};
	struct report *report = report_new();
	struct trace *t = o->learn ? trace_new() : NULL;
	struct output *out;

	if (output_open(&out, o->output, t ? OUTPUT_BINARY : 0)) {
		if (!staging_read(&staging, report, t))
			output_abandon(out);
		else if (t)
			write_learned(o, report, t, out);
		else
			write_report(o, report, out);
	}
	trace_free(t);
	report_free(report);
}

static void verify(const struct options *o, const struct filter *f)
{
	struct report *report = report_new();
	struct output *out;

	if (output_open(&out, o->output, OUTPUT_PRIVATE)) {
		bool ok = o->command ? verify_command(o, f, report)
			: o->replay ? verify_replay(o, f, report)
			: verify_trace(o, f, report);

		if (ok)
			write_report(o, report, out);
		else
			output_abandon(out);
	}
	report_free(report);
}

static void write_score(const struct options *o, const struct score *score)
{
	struct output *out;

	if (!output_open(&out, o->output, 0))
		return;
	(o->json ? score_json : score_print)(score, output_file(out));
	if (output_commit(out) && score_violations(score))
		message_note("%zu recorded calls are not allowed: without "
			     "--score they are listed",
			     score_violations(score));
}

/* Without recordings, stdin is not read: a profile can be looked at alone. */
static void score(const struct options *o, const struct filter *f)
{
	struct trace *t = o->n_traces ? trace_new() : NULL;
	struct score *score;

	if (!t || (load_traces(o, t) && trace_is_usable(t, o->partial))) {
		score = score_new(f, o->profile, t);
		write_score(o, score);
		score_free(score);
	}
	trace_free(t);
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct landlock_policy *policy;
	struct filter *filter = NULL;

	message_init("sp-verify", STATUS_TROUBLE, argv);
	parse_options(&o, argc, argv);
	check_options(&o);
	if (o.landlock) {
		policy = landlock_load(o.landlock);
		if (policy)
			confine(&o, policy);
		landlock_free(policy);
	} else {
		if (o.profile)
			filter = load_filter(&o);
		if (filter && o.score)
			score(&o, filter);
		else if (o.audit && (filter || !o.profile))
			verify_audit(&o, filter);
		else if (filter)
			verify(&o, filter);
		filter_free(filter);
	}
	free(o.traces);
	return message_finish();
}
