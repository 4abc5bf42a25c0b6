/* SPDX-License-Identifier: Apache-2.0 */
/* sp-record: run a command and write down what it calls. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "describe.h"
#include "message.h"
#include "output.h"
#include "recording.h"
#include "trace.h"
#include "tracer.h"

enum {
	STATUS_FAILED = 125,
	STATUS_NOT_EXECUTABLE = 126,
	STATUS_NOT_FOUND = 127,
};

static const char help[] =
"Usage: sp-record [OPTION...] [--] COMMAND [ARGUMENT...]\n"
"Run COMMAND and write the system calls of its process tree as a stream.\n"
"\n"
"  -o, --output=FILE   write to FILE; default: stdout, and COMMAND's stdout\n"
"                      is then stderr\n"
"  -t, --time=SECONDS  end after SECONDS: SIGTERM to COMMAND, then SIGKILL\n"
"  -u, --user=USER     run COMMAND as USER\n"
"      --leader        end when COMMAND exits; what it started is left alone\n"
"      --no-follow     COMMAND's own threads only, not its children\n"
"      --name=NAME     the run's name; default: the command line\n"
"      --label=K=V     a label for the run; can be given more than once\n"
"      --no-argv       leave the command line out of the stream\n"
"      --progress      show a live line on stderr\n"
"  -q, --quiet         no summary and no remarks\n"
"  -h, --help          print this help\n"
"  -V, --version       print the version\n"
"\n"
"Exits with COMMAND's status, 128+N when signal N killed it, 125 on a failure\n"
"of sp-record, 126 when COMMAND cannot be executed, 127 when it is not found.\n";

struct options {
	const char *output;	/* NULL: stdout */
	const char *name;	/* NULL: the command line */
	const char *user;	/* NULL: the caller */
	bool no_argv;
	struct recording_options recording;
	struct tracer_options tracer;
	struct run run;		/* collects the labels */
};

static double parse_seconds(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds > 0) || seconds > 1e9)
		message_usage("-t %s: not a number of seconds", text);
	return seconds;
}

static void parse_options(struct options *o, int argc, char **argv)
{
	enum { LEADER = 256, NO_FOLLOW, NAME, LABEL, NO_ARGV, PROGRESS };
	static const struct option longs[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "time", required_argument, NULL, 't' },
		{ "user", required_argument, NULL, 'u' },
		{ "leader", no_argument, NULL, LEADER },
		{ "no-follow", no_argument, NULL, NO_FOLLOW },
		{ "name", required_argument, NULL, NAME },
		{ "label", required_argument, NULL, LABEL },
		{ "no-argv", no_argument, NULL, NO_ARGV },
		{ "progress", no_argument, NULL, PROGRESS },
		{ "quiet", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "+o:t:u:qhV", longs, NULL)) != -1) {
		switch (c) {
		case 'o':
			o->output = optarg;
			break;
		case 't':
			o->recording.seconds = parse_seconds(optarg);
			break;
		case 'u':
			o->user = optarg;
			break;
		case LEADER:
			o->recording.leader = true;
			break;
		case NO_FOLLOW:
			o->tracer.no_follow = true;
			break;
		case NAME:
			o->name = optarg;
			break;
		case LABEL:
			if (!describe_label(&o->run, optarg))
				message_usage("--label %s: not KEY=VALUE",
					      optarg);
			break;
		case NO_ARGV:
			o->no_argv = true;
			break;
		case PROGRESS:
			o->recording.progress = true;
			break;
		case 'q':
			o->recording.quiet = true;
			break;
		case 'h':
			message_help(help);
		case 'V':
			message_version();
		default:
			message_try_help();
		}
	}
	if (!argv[optind])
		message_usage("no command given");
}

static void find_user(const char *name, struct command_user *user)
{
	int error = command_user_find(name, user);

	if (error)
		message_fatal("user %s: %s", name, error == -ENOENT ?
			      "no such user" : strerror(-error));
	if (geteuid())
		message_fatal("user %s: only root can run a command as a "
			      "user", name);
}

static void describe(struct options *o, char **argv,
		     const struct command_user *user)
{
	int error = describe_run(&o->run, o->no_argv ? NULL : argv, o->name,
				 user);

	if (error)
		message_fatal("%s", strerror(-error));
	describe_append(&o->run.how, "command");
	if (o->tracer.no_follow)
		describe_append(&o->run.how, "no-follow");
	if (o->recording.leader)
		describe_append(&o->run.how, "leader");
	if (o->user)
		describe_append(&o->run.how, "user");
}

/* What no recording from outside can see, said in the run record. */
static void note_blindness(struct run *run, const struct trace *trace,
			   bool filtered)
{
	bool uring = false;
	char buf[SYSCALL_NAME_MAX];

	for (size_t i = 0; i < trace->n_calls; i++) {
		const char *name = syscall_name(trace->calls[i]->id, buf);

		uring |= name && !strncmp(name, "io_uring_", 9);
	}
	if (filtered)
		describe_append(&run->blind, "a task was under a seccomp "
				"filter: calls that it answers itself");
	if (uring)
		describe_append(&run->blind, "io_uring: its operations are "
				"not system calls, and no filter sees them");
}

static void report_loss(const struct run *run)
{
	static const struct {
		const char *kind, *text;
	} texts[] = {
		{ "call", "calls were lost" },
		{ "task", "tasks could not be followed" },
		{ "image", "executions are attributed to no image" },
		{ "detail", "details were lost, no call" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (run_lost(run, texts[i].kind))
			message_note("%llu %s", (unsigned long long)
				     run_lost(run, texts[i].kind),
				     texts[i].text);
}

static void summarize(const struct trace *trace, const struct recording *r,
		      uint64_t tasks)
{
	unsigned long long calls = 0;
	struct call_total *totals;
	char status[64] = "";
	size_t n;

	totals = trace_totals(trace, NULL, NULL, &n);
	for (size_t i = 0; i < n; i++)
		calls += totals[i].count;
	free(totals);
	if (r->status < 0)
		snprintf(status, sizeof(status), ", killed by SIG%s",
			 sigabbrev_np(-r->status));
	else if (r->status)
		snprintf(status, sizeof(status), ", exit status %d", r->status);
	message_note("%llu calls, %zu distinct, %llu task%s, %zu image%s, "
		     "%.3f s%s", calls, n, (unsigned long long)tasks,
		     tasks == 1 ? "" : "s", trace->n_images,
		     trace->n_images == 1 ? "" : "s", r->duration_ns / 1e9,
		     status);
}

static bool write_stream(struct options *o, struct recording *r,
			 struct tracer *tracer, struct output *out)
{
	struct trace *trace = trace_new();
	struct tracer_glance glance;
	struct run *run;

	o->run.start_ns = r->start_ns;
	o->run.duration_ns = r->duration_ns;
	o->run.has_status = r->has_status;
	o->run.status = r->status;
	o->run.complete = true;
	trace_add_run(trace, &o->run);
	run = trace->runs[0];
	tracer_collect(tracer, trace, 0);
	tracer_glance(tracer, &glance);
	note_blindness(run, trace, glance.filtered);
	report_loss(run);
	if (!o->recording.quiet) {
		for (char **s = run->blind; *s; s++)
			message_note("not seen: %s", *s);
		summarize(trace, r, glance.tasks);
	}
	trace_write(trace, output_file(out));
	trace_free(trace);
	return output_commit(out);
}

static const char *failure_text(const struct recording *r)
{
	if (r->error != ENOENT)
		return strerror(r->error);
	return r->failure == COMMAND_NOT_FOUND ? "command not found" :
		"its interpreter does not exist";
}

static int fail_to_start(const struct recording *r, const char *command)
{
	if (r->failure == COMMAND_FAILED)
		message_error("cannot %s: %s", r->what, strerror(r->error));
	else
		message_note("%s: %s", command, failure_text(r));
	return r->failure == COMMAND_NOT_FOUND ? STATUS_NOT_FOUND :
		r->failure == COMMAND_NOT_EXECUTABLE ? STATUS_NOT_EXECUTABLE :
		STATUS_FAILED;
}

static int exit_status(const struct recording *r)
{
	if (r->timed_out)
		return 0;
	if (!r->has_status)
		return 128 + r->ended_by;
	return r->status < 0 ? 128 - r->status : r->status;
}

static int record(struct options *o, char **argv)
{
	struct command_user user = { 0 };
	struct command command = {
		.argv = argv,
		.user = o->user ? &user : NULL,
		.stdout_fd = -1,
	};
	struct recording r = { 0 };
	struct tracer *tracer;
	struct output *out;
	char *problem;
	int error;

	if (o->user)
		find_user(o->user, &user);
	describe(o, argv, command.user);
	recording_hold_signals(&r);
	if (!output_open(&out, o->output, OUTPUT_BINARY | OUTPUT_PRIVATE))
		return STATUS_FAILED;
	if (!o->output || !strcmp(o->output, "-"))
		command.stdout_fd = STDERR_FILENO;
	tracer = tracer_open(&o->tracer, &problem);
	if (!tracer) {
		output_abandon(out);
		message_fatal("%s", problem);
	}
	error = recording_run(&r, &o->recording, &command, tracer);
	if (error || r.failure != COMMAND_STARTED) {
		output_abandon(out);
		if (error)
			message_fatal("%s", strerror(-error));
		error = fail_to_start(&r, argv[0]);
	} else if (!r.began) {
		output_abandon(out);
		message_note("%s: ended while it was being started", argv[0]);
		error = exit_status(&r);
	} else {
		if (command.stdout_fd >= 0)
			recording_release_signals(&r);
		error = write_stream(o, &r, tracer, out) ? exit_status(&r) :
			STATUS_FAILED;
	}
	tracer_close(tracer);
	command_user_free(&user);
	return error;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	int status;

	message_init("sp-record", STATUS_FAILED, argv);
	parse_options(&o, argc, argv);
	status = record(&o, argv + optind);
	run_free(&o.run);
	return status;
}
