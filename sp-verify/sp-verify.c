/* SPDX-License-Identifier: Apache-2.0 */
/* sp-verify: a profile against a trace, or against a command run under it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/output.h"
#include "confine.h"
#include "learn.h"
#include "live.h"
#include "options.h"
#include "outcome.h"
#include "process/describe.h"
#include "replay.h"
#include "score.h"
#include "simulate.h"
#include "staging.h"
#include "stream/select.h"

/* What was recorded, as far as it is asked for. NULL: printed and latched. */
static struct trace *load_traces(const struct options *o)
{
	unsigned int flags = o->partial ? TRACE_PARTIAL : 0;
	struct trace *t = trace_new();
	bool ok = o->n_traces || trace_load(t, "-", flags);
	char *problem;

	for (char **path = o->traces; *path; path++)
		ok &= trace_load(t, *path, flags);
	if (ok && !selection_is_empty(&o->selection)) {
		message_all(select_notes(t, &o->selection), message_note);
		ok = !message_all(select_problems(t, &o->selection),
			      message_error);
	}
	if (ok && !selection_is_empty(&o->selection))
		t = select_images(t, &o->selection);
	if (ok && (o->from || o->until)) {
		ok = select_phases(&t, o->from, o->until, &problem);
		if (!ok)
			message_error("%s", problem);
		free(problem);
	}
	if (ok)
		return t;
	trace_free(t);
	return NULL;
}

/* Leave stdout to the list: the command's goes to stderr, or stays. */
static int command_stdout(const struct options *o)
{
	return o->output && strcmp(o->output, "-") ? -1 : STDERR_FILENO;
}

static void say_if_clean(bool ran, const struct report *report)
{
	if (ran && report_is_clean(report) && message_status() == STATUS_YES)
		message_note("no violation");
}

/* False: printed and latched. */
static bool hold_signals(struct passing *passing)
{
	int error;

	passing_hold(passing);
	error = passing_open(passing);
	if (error)
		message_error("cannot wait for signals: %s", strerror(-error));
	return !error;
}

static void release_signals(struct passing *passing)
{
	passing_close(passing);
	passing_release(passing);
}

/* Each returns whether there is something to write. */

static struct live_options live_options(const struct options *o,
					const struct filter *f,
					struct learn *learn,
					struct passing *passing)
{
	return (struct live_options){
		.filter = f, .enforce = o->enforce, .timeout = o->timeout,
		.passing = passing, .learn = learn,
	};
}

/* NULL: the caller. */
static const struct command_user *find_user(const char *name,
					    struct command_user *user)
{
	int error = name ? command_user_find(name, user) : 0;

	if (error)
		message_fatal("user %s: %s", name, error == -ENOENT ?
			      "no such user" : strerror(-error));
	return name ? user : NULL;
}

static bool verify_command(const struct options *o, const struct filter *f,
			   struct report *report, struct learn *learn)
{
	struct passing passing;
	struct live_options live = live_options(o, f, learn, &passing);
	struct command_user user = { 0 };
	struct command command = {
		.argv = o->command, .stdout_fd = command_stdout(o),
		.user = find_user(o->user, &user),
	};
	struct live_result result;
	struct run run = { 0 };
	int error = describe_run(&run, o->command, NULL, command.user);
	bool ok;

	if (error)
		message_fatal("%s", strerror(-error));
	describe_append(&run.how, "command");
	ok = hold_signals(&passing) &&
		live_run(&live, &command, &run, report, &result);
	release_signals(&passing);
	if (ok && o->enforce)
		outcome_say(&result);
	say_if_clean(ok, report);
	command_user_free(&user);
	run_free(&run);
	return ok || report_size(report);
}

static bool verify_replay(const struct options *o, const struct filter *f,
			  struct report *report, struct learn *learn)
{
	struct passing passing;
	struct live_options live = live_options(o, f, learn, &passing);
	struct trace *t = load_traces(o);
	bool ok = t;

	if (ok) {
		ok = hold_signals(&passing) &&
			replay(t, o->run, command_stdout(o), &live, report);
		release_signals(&passing);
	}
	say_if_clean(ok, report);
	trace_free(t);
	return ok || report_size(report);
}

static bool verify_trace(const struct options *o, const struct filter *f,
			 struct report *report, struct learn *learn)
{
	struct trace *t = load_traces(o);
	bool ok = t && trace_is_usable(t, o->partial);

	if (ok) {
		size_t n = simulate(f, t, report);

		if (!report_size(report))
			message_note("%zu call%s, no violation", n,
				     n == 1 ? "" : "s");
		if (learn)
			learn_trace(learn, t, f);
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
		if (run_has_how(t->runs[i], "paths"))
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
	struct trace *t = load_traces(o);
	bool ok = t && trace_is_usable(t, o->partial) &&
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
	struct passing passing;
	struct confine_options confine = {
		p, o->enforce, o->timeout, &passing,
	};
	struct command_user user = { 0 };
	struct command command = {
		.argv = o->command, .stdout_fd = command_stdout(o),
		.user = find_user(o->user, &user),
	};
	bool ok = hold_signals(&passing) &&
		confine_run(&confine, &command, denied);

	release_signals(&passing);
	if (ok && !denied_size(denied) && message_status() == STATUS_YES)
		message_note("no violation");
	command_user_free(&user);
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

static void write_list(const struct options *o, struct report *report,
		       FILE *out)
{
	(o->json ? report_json : report_print)(report, out);
}

static void write_report(const struct options *o, struct report *report,
			 struct output *out)
{
	write_list(o, report, output_file(out));
	if (output_commit(out) && write_junit(o, NULL, report) &&
	    !report_is_clean(report))
		message_latch(STATUS_NO);
}

static bool verify_audit(const struct options *o, const struct filter *f,
			 struct report *report, struct learn *learn)
{
	struct staging_options staging = {
		.log = o->log, .filter = f, .exe = o->exe, .unit = o->unit,
		.container = o->container, .timeout = o->timeout,
		.learn = learn,
	};

	return staging_read(&staging, report);
}

/* What was learned is what was asked for: no violation is a no then. */
static void write_learned(const struct options *o, struct report *report,
			  struct learn *learn, struct output *out)
{
	write_list(o, report, stderr);
	if (report_size(report))
		message_note("%zu violation%s learned", report_size(report),
			     report_size(report) == 1 ? "" : "s");
	learn_write(learn, output_file(out));
	if (output_commit(out))
		write_junit(o, NULL, report);
}

static void verify(const struct options *o, const struct filter *f)
{
	struct report *report = report_new();
	struct learn *learn = o->learn ? learn_new() : NULL;
	unsigned int flags = OUTPUT_PRIVATE | (learn ? OUTPUT_BINARY : 0);
	struct output *out;

	if (output_open(&out, o->output, flags)) {
		bool ok = (o->audit ? verify_audit :
			   o->command ? verify_command :
			   o->replay ? verify_replay : verify_trace)
			(o, f, report, learn);

		if (!ok)
			output_abandon(out);
		else if (learn)
			write_learned(o, report, learn, out);
		else
			write_report(o, report, out);
	}
	learn_free(learn);
	report_free(report);
}

static void write_score(const struct options *o, const struct score *score)
{
	struct output *out;

	if (!output_open(&out, o->output, 0))
		return;
	(o->json ? score_json : score_print)(score, output_file(out));
	if (output_commit(out) && score_violations(score))
		message_note("%zu recorded call%s not allowed: without --score "
			     "%s listed", score_violations(score),
			     score_violations(score) == 1 ? " is" : "s are",
			     score_violations(score) == 1 ? "it is" :
			     "they are");
}

/* Without recordings, stdin is not read: a profile can be looked at alone. */
static void score(const struct options *o, const struct filter *f)
{
	struct trace *t = o->n_traces ? load_traces(o) : NULL;
	char *name = source_name(&o->source);
	struct score *score;

	if (!o->n_traces || (t && trace_is_usable(t, o->partial))) {
		score = score_new(f, name, t);
		write_score(o, score);
		score_free(score);
	}
	free(name);
	trace_free(t);
}

static void judge(const struct options *o)
{
	struct filter *filter = source_load(&o->source);

	if (filter && o->score)
		score(o, filter);
	else if (filter || source_is_empty(&o->source))
		verify(o, filter);
	filter_free(filter);
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct landlock_policy *policy;

	message_init("sp-verify", STATUS_TROUBLE, argv);
	options_parse(&o, argc, argv);
	if (o.landlock) {
		policy = landlock_load(o.landlock);
		if (policy)
			confine(&o, policy);
		landlock_free(policy);
	} else {
		judge(&o);
	}
	options_free(&o);
	return message_finish();
}
