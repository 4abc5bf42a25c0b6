/* SPDX-License-Identifier: Apache-2.0 */
/* sp-record: records which calls a command, or a running process, makes. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/output.h"
#include "base/text.h"
#include "client.h"
#include "collect.h"
#include "container/mode.h"
#include "known.h"
#include "log.h"
#include "notify.h"
#include "options.h"
#include "process/command.h"
#include "process/describe.h"
#include "process/process.h"
#include "privilege.h"
#include "report.h"
#include "stream/trace.h"
#include "unit-commands.h"

enum {
	STATUS_FAILED = 125,
	STATUS_NOT_EXECUTABLE = 126,
	STATUS_NOT_FOUND = 127,
};

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

/* Fills in the fields that do not depend on the target. */
static void describe_options(const struct options *o, struct run *run)
{
	if (o->tracer.no_follow)
		describe_append(&run->how, "no-follow");
	if (o->tracer.log_events)
		describe_append(&run->how, "every");
	if (o->tracer.exact_times || o->tracer.results)
		describe_append(&run->how, "exact-times");
	if (o->tracer.results)
		describe_append(&run->how, "results");
	if (o->tracer.paths)
		describe_append(&run->how, "paths");
	if (o->tracer.privileges)
		describe_append(&run->how, "privileges");
	if (o->tracer.stacks)
		describe_append(&run->how, "stacks");
	if (o->tracer.marks.n && !o->tracer.marks.at[0].key)
		describe_append(&run->how, "mark");
}

/*
 * Warns that only a client is recorded, before the recording: the profile would
 * be that of the client.
 */
static void describe_client(struct options *o, char **argv)
{
	const char *advice;
	char *lacks = client_of(argv, &advice);

	if (!lacks)
		return;
	message_note("not recorded: %s; %s", lacks, advice);
	describe_append(&o->run.blind, lacks);
	free(lacks);
}

static void describe(struct options *o, char **argv,
		     const struct command_user *user)
{
	int error = describe_run(&o->run, o->no_argv ? NULL : argv, o->name,
				 user);

	if (error)
		message_fatal("cannot describe the run: %s",
			      strerror(-error));
	describe_append(&o->run.how, "command");
	if (o->recording.leader)
		describe_append(&o->run.how, "leader");
	if (o->user)
		describe_append(&o->run.how, "user");
	describe_options(o, &o->run);
	describe_client(o, argv);
}

static void copy_labels(struct run *to, const struct run *from)
{
	for (size_t i = 0; i < from->n_labels; i++) {
		char *text = xasprintf("%s=%s", from->labels[i].key,
				       from->labels[i].value);

		describe_label(to, text);
		free(text);
	}
}

static void add_label(struct run *run, const char *key, const char *value)
{
	char *text = value ? xasprintf("%s=%s", key, value) : NULL;

	if (text)
		describe_label(run, text);
	free(text);
}

/* Adds the labels that sandprint-containers(7) lists. */
static void describe_container(struct run *run, const struct container *c,
			       bool with_argv)
{
	enum { VERSION_MS = 1000 };
	char *version = c->engine ?
		container_engine_version(c->engine, c->engine, VERSION_MS) :
		NULL;

	add_label(run, "container.engine", c->engine);
	add_label(run, "container.id", c->id);
	add_label(run, "container.name", c->name);
	add_label(run, "container.image", c->image);
	add_label(run, "container.pod", c->pod);
	add_label(run, "container.namespace", c->namespace);
	add_label(run, "container.runtime", version);
	add_label(run, "container.cwd", c->cwd);
	add_label(run, "container.init", c->has_init ? c->engine : NULL);
	add_label(run, "container.healthcheck", c->has_check ? "yes" : NULL);
	if (with_argv)
		add_label(run, "container.args", c->args);
	free(version);
}

/*
 * Takes the command line and the user from the first process. If the target has
 * other processes, too, leaves the command line out.
 */
static void describe_target(const struct options *o, const struct target *t,
			    struct run *run)
{
	bool is_pid = !strcmp(t->how, "pid");
	char *name = is_pid && !o->no_argv ? NULL :
		xasprintf("%s %s", t->how, t->name);
	int error;

	copy_labels(run, &o->run);
	error = describe_process(run, t->n_pids ? t->pids[0] : 0,
				 t->n_pids == 1 && !o->no_argv,
				 o->name ? o->name : name);
	free(name);
	if (error)
		message_fatal("cannot describe the run: %s",
			      strerror(-error));
	describe_append(&run->how, "attached");
	describe_append(&run->how, t->how);
	if (o->recording.keep)
		describe_append(&run->how, "keep");
	if (o->tracer.from_exec)
		describe_append(&run->how, "from-exec");
	if (o->restart)
		describe_append(&run->how, "restart");
	if (o->reload)
		describe_append(&run->how, "reload");
	describe_container(run, &t->container, !o->no_argv);
	describe_options(o, run);
}

/* Blocks the signals that end a recording or make a mark. */
static void hold_signals(const struct options *o, struct forward *signals)
{
	const struct marks *marks = &o->tracer.marks;

	forward_hold(signals);
	for (size_t i = 0; i < marks->n; i++)
		if (marks->at[i].signal &&
		    !forward_add(signals, marks->at[i].signal))
			message_fatal("--mark %s: sp-record was started to "
				      "ignore SIG%s", marks->at[i].name,
				      sigabbrev_np(marks->at[i].signal));
}

/*
 * Returns 0 if `ns` is earlier, as for a mark by a signal before the command
 * was executed.
 */
static uint64_t time_since(uint64_t start_ns, uint64_t ns)
{
	return ns > start_ns ? ns - start_ns : 0;
}

/*
 * Adds a run for each phase. All runs have the data of the whole recording, but
 * their own times. The first one has the recording's id.
 */
static void add_phases(const struct options *o, struct run *whole,
		       struct trace *trace, const struct tracer *tracer)
{
	struct tracer_phase phases[TRACER_PHASES];
	size_t n = tracer_phases(tracer, phases);
	uint64_t start_ns = phases[0].start_ns;

	for (size_t i = 0; i < n; i++) {
		uint64_t since = time_since(start_ns, phases[i].start_ns);
		uint64_t until = i + 1 == n ? whole->duration_ns :
			time_since(start_ns, phases[i + 1].start_ns);
		struct run part;

		run_copy(&part, whole);
		part.start_ns += since;
		part.duration_ns = until > since ? until - since : 0;
		part.id[RUN_ID_SIZE - 1] += i;
		part.is_part = n > 1 || (o->tracer.marks.n &&
					 !o->tracer.marks.at[0].key);
		memcpy(part.whole, whole->id, RUN_ID_SIZE);
		part.part = i;
		if (i) {
			part.mark = xstrdup(o->tracer.marks.at[phases[i].mark].name);
			free(part.name);
			part.name = xasprintf("%s [%s]", whole->name, part.mark);
		}
		trace_add_run(trace, &part);
	}
}

/*
 * What was recorded, a command or targets, and its runs: one, or one for each
 * target.
 */
struct recorded {
	struct options *o;
	struct run *runs;
	size_t n;
};

static bool has_phases(const struct tracer *tracer)
{
	struct tracer_phase phases[TRACER_PHASES];

	return tracer_phases(tracer, phases) > 1;
}

static void add_runs(const struct recorded *what, const struct recording *r,
		     const struct splits_read *splits, struct trace *trace,
		     const struct tracer *tracer)
{
	for (size_t i = 0; i < what->n; i++) {
		struct run *run = &what->runs[i];

		if (what->o->live && has_phases(tracer))
			describe_append(&run->how, "mark");
		run->start_ns = r->start_ns;
		run->duration_ns = r->duration_ns;
		run->has_status = r->has_status;
		run->status = r->status;
		run->complete = true;
		if (splits)
			splits_add_runs(splits, run, what->o->no_argv, trace);
		else
			add_phases(what->o, run, trace, tracer);
	}
}

/* Notes marks that never came: the stream has no phases for them. */
static void note_marks(const struct options *o, const struct tracer *tracer)
{
	struct tracer_phase phases[TRACER_PHASES];
	size_t n = tracer_phases(tracer, phases);

	for (size_t i = 0; i < o->tracer.marks.n; i++) {
		size_t at = 1;

		while (at < n && phases[at].mark != i)
			at++;
		if (at == n && !o->tracer.marks.at[i].key)
			message_note("--mark %s: the mark never came",
				     o->tracer.marks.at[i].name);
	}
}

static bool write_stream(const struct recorded *what, struct recording *r,
			 struct tracer *tracer, struct log *log,
			 struct output *out)
{
	const struct options *o = what->o;
	struct trace *trace = trace_new();
	struct tracer_glance glance;
	struct stream_writer *stream;
	struct splits_read *splits;
	struct run *run;
	char *withheld;

	tracer_stop(tracer);
	stream = log ? log_stop(log) : stream_writer_new(output_file(out));
	splits = splits_open(tracer);
	add_runs(what, r, splits, trace, tracer);
	run = trace->runs[0];
	collect(tracer, splits, trace, 0);
	tracer_glance(tracer, &glance);
	trace_sort(trace);
	withheld = tracer_withheld(tracer);
	for (size_t i = 0; i < o->n_targets; i++)
		if (o->targets[i].unit)
			unit_commands_check(trace->runs[i], trace,
					    o->targets[i].unit);
	report_blindness(trace, &glance, withheld);
	free(withheld);
	report_losses(run, trace, &glance);
	note_marks(o, tracer);
	if (splits)
		report_splits(&o->tracer.split, splits);
	splits_close(splits);
	if (log && run_lost(run, "event"))
		report_missing(log, trace);
	if (!o->recording.quiet)
		report_summary(trace, r, glance.tasks);
	trace_finish(trace, stream);
	trace_free(trace);
	return output_commit(out);
}

/* Opens the log for --every, which writes events during the recording. */
static struct log *open_log(const struct options *o, struct tracer *tracer,
			    struct output *out)
{
	struct log *log;

	if (!o->tracer.log_events)
		return NULL;
	log = log_start(tracer, output_file(out));
	if (log)
		return log;
	output_abandon(out);
	message_fatal("cannot start a thread: %s", strerror(errno));
}

/* Ends the log without keeping any fact of the recording. */
static void abandon(struct log *log, struct output *out)
{
	if (log)
		stream_writer_finish(log_stop(log));
	output_abandon(out);
}

static const char *failure_text(const struct recording *r)
{
	if (r->error != ENOENT)
		return command_error(r->error);
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

/*
 * Whether writing can block forever, as to a pipe that nobody reads. Then
 * signals must be able to end it. Writing to a file must not be interrupted,
 * because the file would be truncated.
 */
static bool may_block(const struct options *o)
{
	struct stat st;

	return (!o->output || !strcmp(o->output, "-")) &&
		(fstat(STDOUT_FILENO, &st) || !S_ISREG(st.st_mode));
}

/* Whether a seccomp filter can record everything that the options require. */
static bool can_notify(const struct options *o)
{
	return o->method == METHOD_AUTO && !options_need_bpf(o);
}

/*
 * Whether the error is a lack of resources. BPF usually works then, and another
 * method would only hide the problem.
 */
static bool is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM ||
		error == EINTR;
}

/* Returns NULL if the recording must use --method=notify. */
static struct tracer *open_tracer(struct options *o, struct output *out)
{
	struct tracer *tracer;
	char *problem;

	if (o->method == METHOD_NOTIFY)
		return NULL;
	tracer = tracer_open(&o->tracer, &problem);
	if (tracer)
		return tracer;
	if (can_notify(o) && !is_shortage(errno)) {
		if (!o->recording.quiet)
			message_note("%s; recording by --method=notify instead",
				     problem);
		free(problem);
		return NULL;
	}
	split_close(&o->tracer.split);
	output_abandon(out);
	if (o->method == METHOD_AUTO && o->command && options_need_bpf(o))
		message_fatal("--%s: %s", options_need_bpf(o), problem);
	message_fatal("%s", problem);
}

static bool write_notified(struct options *o, struct recording *r,
			   struct notify *notify, struct output *out)
{
	struct trace *trace = notify_trace(notify);

	notify_collect(notify, &o->run);
	o->run.start_ns = r->start_ns;
	o->run.duration_ns = r->duration_ns;
	o->run.has_status = r->has_status;
	o->run.status = r->status;
	o->run.complete = true;
	trace_add_run(trace, &o->run);
	trace_sort(trace);
	report_losses(trace->runs[0], trace, &(struct tracer_glance){ 0 });
	if (!o->recording.quiet)
		report_summary(trace, r, notify_tasks(notify));
	trace_finish(trace, stream_writer_new(output_file(out)));
	return output_commit(out);
}

/*
 * Ends the recording of a command that was executed. The command has exited, or
 * continues to run.
 */
static int end_notified(struct options *o, struct recording *r,
			struct notify *notify, struct output *out)
{
	if (!r->began) {
		output_abandon(out);
		message_note("%s: ended while it was being started",
			     *o->command);
		return exit_status(r);
	}
	if (may_block(o))
		forward_release(&r->signals);
	return write_notified(o, r, notify, out) ? exit_status(r) :
		STATUS_FAILED;
}

/* Records without BPF programs. */
static int record_notified(struct options *o, struct recording *r,
			   const struct command *command, struct output *out)
{
	struct known known = { 0 };
	struct notify *notify;
	int error;

	describe_append(&o->run.how, "notify");
	if (o->known) {
		describe_append(&o->run.how, "known");
		known_read(&known, o->known);
	}
	notify = notify_new(&known);
	known_free(&known);
	error = notify ? notify_run(notify, r, &o->recording, command) : -EPERM;
	if (error || r->failure != COMMAND_STARTED) {
		output_abandon(out);
		if (error && notify)
			message_error("cannot start the command: %s",
				      strerror(-error));
		error = error ? STATUS_FAILED :
			fail_to_start(r, *command->argv);
	} else {
		error = end_notified(o, r, notify, out);
	}
	notify_free(notify);
	return error;
}

static int report_not_begun(const struct recording *r,
			    const struct tracer *tracer, const char *command)
{
	char *withheld = tracer_withheld(tracer);
	bool gains = withheld;

	free(withheld);
	if (!gains) {
		message_note("%s: ended while it was being started", command);
		return exit_status(r);
	}
	message_error("%s: it was run, but not recorded, since it has more "
		      "privileges than its caller: " PRIVILEGE_LIMIT, command);
	return STATUS_FAILED;
}

/* Opens the FIFO of --split=mark, to which the command writes. */
static void open_split(struct options *o, const struct command_user *user,
		       struct output *out)
{
	struct split *split = &o->tracer.split;
	int error = split->how != SPLIT_BY_MARK ? 0 :
		split_open(split, user ? user->uid : (uid_t)-1,
			   user ? user->gid : (gid_t)-1);

	if (!error)
		return;
	split_close(split);
	output_abandon(out);
	message_fatal("--split=mark:%s: %s", split->path, error == -EEXIST ?
		      "the file exists, but is not a FIFO" : strerror(-error));
}

/*
 * Ends the recording of a command. `error` comes from recording_run(). Returns
 * the exit status.
 */
static int end_traced(struct options *o, struct recording *r,
		      struct tracer *tracer, struct log *log,
		      struct output *out, int error)
{
	if (error || r->failure != COMMAND_STARTED) {
		abandon(log, out);
		if (error) {
			split_close(&o->tracer.split);
			message_fatal("cannot start the command: %s",
				      strerror(-error));
		}
		return fail_to_start(r, *o->command);
	}
	if (!r->began) {
		abandon(log, out);
		return report_not_begun(r, tracer, *o->command);
	}
	if (may_block(o))
		forward_release(&r->signals);
	return write_stream(&(struct recorded){ o, &o->run, 1 }, r, tracer,
			    log, out) ? exit_status(r) : STATUS_FAILED;
}

/* Records with BPF programs. */
static int record_traced(struct options *o, struct recording *r,
			 const struct command *command, struct tracer *tracer,
			 struct output *out)
{
	struct log *log = open_log(o, tracer, out);
	int status = recording_run(r, &o->recording, command, tracer);

	status = end_traced(o, r, tracer, log, out, status);
	log_free(log);
	tracer_leave(tracer);
	split_close(&o->tracer.split);
	return status;
}

static int record_command(struct options *o, char **argv)
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
	int status;

	if (o->user)
		find_user(o->user, &user);
	describe(o, argv, command.user);
	/*
	 * The output comes first, because opening a FIFO waits for its reader.
	 */
	if (!output_open(&out, o->output, OUTPUT_BINARY | OUTPUT_PRIVATE))
		return STATUS_FAILED;
	hold_signals(o, &r.signals);
	if (!o->output || !strcmp(o->output, "-"))
		command.stdout_fd = STDERR_FILENO;
	open_split(o, command.user, out);
	tracer = open_tracer(o, out);
	status = tracer ? record_traced(o, &r, &command, tracer, out) :
		record_notified(o, &r, &command, out);
	command_user_free(&user);
	return status;
}

/*
 * Notes that children which init has adopted cannot be found from the process.
 */
static void note_daemon(pid_t pid)
{
	char *cgroup = target_cgroup_of(pid);

	message_note("%d looks like a daemon: its children that init has "
		     "adopted are not recorded; --cgroup%s%s records them",
		     pid, cgroup ? " " : "", cgroup ? cgroup : "");
	free(cgroup);
}

/* Prints a line for each target that does not exist yet. */
static void note_missing(const struct options *o, const struct tracer *tracer)
{
	for (size_t i = 0; i < o->n_targets; i++) {
		const struct target *t = &o->targets[i];

		if (tracer_target_began(tracer, i) || t->n_pids || o->restart)
			continue;
		message_note("--%s %s: %s; waiting for it", t->how, t->name,
			     t->cgroup ? "it has no process yet" :
			     strcmp(t->how, "container") || t->container.id ?
			     "it is not running yet" : "no engine knows it yet "
			     "(podman and docker have to create it first)");
	}
}

static void note_attached(const struct options *o, const struct tracer *tracer)
{
	uint64_t tasks = tracer_live(tracer) + tracer_armed(tracer);

	if (tasks)
		message_note("attached to %" PRIu64 " task%s", tasks,
			     tasks == 1 ? "" : "s");
	note_missing(o, tracer);
	for (size_t i = 0; i < o->n_targets; i++)
		for (size_t k = 0; !o->targets[i].cgroup &&
		     k < o->targets[i].n_pids; k++)
			if (target_is_daemon(o->targets[i].pids[k]))
				note_daemon(o->targets[i].pids[k]);
}

/*
 * Notes for each target that ran before the recording that its start is not
 * recorded. Tasks that join later are recorded from their start.
 */
static void on_attached(void *argument, const struct tracer *tracer)
{
	const struct recorded *what = argument;
	const struct options *o = what->o;

	for (size_t i = 0; i < what->n; i++)
		if (tracer_target_began(tracer, i) && !o->restart)
			describe_append(&what->runs[i].blind,
					RUN_BLIND_START ", such as starting up");
	if (!o->recording.quiet)
		note_attached(o, tracer);
}

/* Returns all targets as "--unit a, --unit b"; the caller frees it. */
static char *target_list(const struct options *o)
{
	char *list = NULL;

	for (size_t i = 0; i < o->n_targets; i++) {
		char *one = xasprintf("--%s %s", o->targets[i].how,
				      o->targets[i].name);

		text_append(&list, ", ", one);
		free(one);
	}
	return list;
}

/*
 * Returns the target of the process, or the first target if no target has it.
 */
static const struct target *target_of(const struct options *o, pid_t pid)
{
	for (size_t i = 0; i < o->n_targets; i++)
		for (size_t k = 0; k < o->targets[i].n_pids; k++)
			if (o->targets[i].pids[k] == pid)
				return &o->targets[i];
	return &o->targets[0];
}

/*
 * Ends with a message about a failure. The kernel's list of tasks, over which
 * BPF programs iterate, can omit a task.
 */
__attribute__((noreturn))
static void fail_to_attach(const struct options *o, int error,
			   pid_t missing)
{
	const struct target *t = target_of(o, missing);

	if (error == -EACCES)
		message_fatal("%s: all processes belong to another user or "
			      "have more privileges: " PRIVILEGE_LIMIT,
			      target_list(o));
	if (error != -ESRCH)
		message_fatal("cannot attach: %s", strerror(-error));
	if (!process_lives(missing))
		message_fatal("--%s %s: process %d has exited", t->how,
			      t->name, missing);
	message_fatal("--%s %s: cannot attach to process %d: it is alive, but "
		      "the kernel does not show it to BPF programs", t->how,
		      t->name, missing);
}

/* Returns the systemctl commands to run when everything is being recorded. */
static struct jobs *unit_jobs(const struct options *o)
{
	/* It can take a while until the unit can reload. */
	enum { RELOAD_AFTER_NS = 1000000000 };
	struct jobs *jobs = jobs_new();

	for (size_t i = 0; o->restart && i < o->n_targets; i++)
		jobs_add(jobs, "restart", o->targets[i].unit, 0);
	for (size_t i = 0; o->reload && i < o->n_targets; i++)
		jobs_add(jobs, "reload", o->targets[i].unit,
			 i ? 0 : RELOAD_AFTER_NS);
	return jobs;
}

static bool target_ran(const struct options *o, const struct tracer *tracer,
		       size_t i)
{
	return o->targets[i].n_pids || tracer_target_began(tracer, i);
}

/* Returns the number of targets that ran. Notes each target that did not. */
static size_t check_ran(const struct options *o, const struct tracer *tracer)
{
	size_t ran = 0;

	for (size_t i = 0; i < o->n_targets; i++)
		ran += target_ran(o, tracer, i);
	for (size_t i = 0; i < o->n_targets; i++)
		if (!target_ran(o, tracer, i))
			message_note("--%s %s: it never ran: %s",
				     o->targets[i].how, o->targets[i].name,
				     ran ? "its run has no calls" :
				     "no stream is written");
	return ran;
}

static int record_into(struct recorded *what, struct output *out)
{
	struct options *o = what->o;
	struct recording r = { 0 };
	struct tracer *tracer;
	struct log *log;
	pid_t missing = 0;
	size_t ran;
	int error;

	hold_signals(o, &r.signals);
	tracer = open_tracer(o, out);
	log = open_log(o, tracer, out);
	error = recording_attach(&r, &o->recording, tracer, &missing);
	if (error) {
		abandon(log, out);
		log_free(log);
		tracer_close(tracer);
		fail_to_attach(o, error, missing);
	}
	error = STATUS_FAILED;
	if (may_block(o))
		forward_release(&r.signals);
	ran = check_ran(o, tracer);
	if (!ran)
		abandon(log, out);
	else if (write_stream(what, &r, tracer, log, out) &&
		 ran == o->n_targets && !jobs_failed(o->recording.jobs))
		error = 0;
	log_free(log);
	tracer_leave(tracer);
	return error;
}

static int record_targets(struct options *o)
{
	struct recorded what = { o, xcalloc(o->n_targets, sizeof(struct run)),
				   o->n_targets };
	struct output *out;
	int error = STATUS_FAILED;

	for (size_t i = 0; i < o->n_targets; i++)
		describe_target(o, &o->targets[i], &what.runs[i]);
	if (o->live)
		o->recording.live = what.runs[0].name;
	o->recording.progress |= !o->recording.quiet && isatty(STDERR_FILENO);
	o->recording.targets = o->tracer.targets = o->targets;
	o->recording.n_targets = o->tracer.n_targets = o->n_targets;
	o->recording.jobs = unit_jobs(o);
	o->recording.on_attached = on_attached;
	o->recording.argument = &what;
	/*
	 * The output comes first, because opening a FIFO waits for its reader.
	 */
	if (output_open(&out, o->output, OUTPUT_BINARY | OUTPUT_PRIVATE))
		error = record_into(&what, out);
	for (size_t i = 0; i < o->n_targets; i++)
		run_free(&what.runs[i]);
	free(what.runs);
	jobs_free(o->recording.jobs);
	return error;
}

int main(int argc, char **argv)
{
	struct options o = {
		.recording.ready_fd = -1, .tracer.split.fd = -1,
		.tracer.split.directory = -1,
	};
	const char *runtime = runtime_of_name(argv[0]);
	int status;

	message_init("sp-record", STATUS_FAILED, argv);
	if (runtime)
		return runtime_mode(&o.container, runtime, argv + 1);
	options_read(&o, argc, argv);
	o.recording.marks = &o.tracer.marks;
	o.recording.split = &o.tracer.split;
	if (o.socket)
		nri_mode(&o.container, o.socket);
	status = o.runtime ? runtime_mode(&o.container, o.runtime, o.command ?
						o.command : argv + argc) :
		o.engine ? hook_mode(&o.container) :
		o.n_targets ? record_targets(&o) :
		record_command(&o, o.command);
	run_free(&o.run);
	for (size_t i = 0; i < o.n_targets; i++)
		target_free(&o.targets[i]);
	free(o.targets);
	marks_free(&o.tracer.marks);
	return status;
}
