/* SPDX-License-Identifier: Apache-2.0 */
#include "recording.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/message.h"
#include "base/text.h"
#include "live.h"
#include "machine.h"
#include "process/workload.h"
#include "priority.h"
#include "progress.h"

#define SECOND 1000000000ULL	/* ns */

enum {
	/*
	 * the wait after the command's end before the note about remaining
	 * tasks, in s
	 */
	TELL_AFTER_S = 1,
	/*
	 * The longest sleep, in ms: the event of the last task's end may be
	 * lost.
	 */
	FALLBACK_MS = 500,
	/* the wait after a unit's last task before systemd is asked, in ms */
	ASK_MS = 500,
	ASK_AGAIN_MS = 2000,
	NAMED_TASKS = 8,
};

struct session {
	struct recording *result;
	const struct recording_options *options;
	struct tracer *tracer;
	/* child.pid is 0 without a command */
	struct workload workload;
	struct priority priority;
	bool over;
	/* When to print the note about remaining tasks. 0: never. */
	uint64_t tell_ns;
	int ready_fd;		/* -1: nobody waits any more */
	/* When to ask systemd whether units are stopped. 0: never. */
	uint64_t ask_ns;
	/* When tracer_dispatch() is due. 0: never. */
	uint64_t tracer_ns;
	struct until *until;
	struct progress_line *line;	/* NULL without --progress */
	struct live *live;		/* NULL without --live */
};

static void on_signal(struct session *s)
{
	struct forwarded signal;

	switch (workload_signal(&s->workload, &signal)) {
	case WORKLOAD_NOTHING:
	case WORKLOAD_TIMEOUT:
		return;
	case WORKLOAD_OTHER:
		tracer_mark(s->tracer, mark_of_signal(s->options->marks,
						      signal.signal));
		return;
	case WORKLOAD_FIRST:
		if (s->workload.exited)
			message_note("the command has ended: a second signal "
				     "ends the recording");
		s->over = !s->workload.child.pid;
		return;
	case WORKLOAD_AGAIN:
		s->result->ended_by = signal.signal;
		s->over = true;
	}
}

static void on_exit_of_command(struct session *s)
{
	if (workload_reap(&s->workload) && !s->options->quiet &&
	    !s->options->leader)
		s->tell_ns = now_ns() + TELL_AFTER_S * SECOND;
}

/* Returns a printable name of at most 4 times 15 bytes (TASK_COMM_LEN). */
static char *task_name(pid_t tid)
{
	char path[32], name[16] = "?";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", tid);
	file = fopen(path, "re");
	if (file && fscanf(file, "%15[^\n]", name) != 1)
		strcpy(name, "?");
	if (file)
		fclose(file);
	return text_printable(name);
}

/*
 * Prints a note with the tasks: "…, 2 tasks are left: 12 (name) 13 (name)".
 * `before` and `after` are its first and its last words.
 */
static void name_tasks(const struct session *s, const char *before,
		       const char *after)
{
	pid_t tids[NAMED_TASKS];
	size_t n = tracer_tasks(s->tracer, tids, NAMED_TASKS);
	size_t known = machine_sees_pids() ? n : 0;
	char list[NAMED_TASKS * 96] = "";

	if (!n)
		return;
	for (size_t i = 0; i < known && i < NAMED_TASKS; i++) {
		char *name = task_name(tids[i]);

		sprintf(list + strlen(list), " %d (%s)", tids[i], name);
		free(name);
	}
	message_note("%s, %zu task%s left%s%s%s%s", before, n,
		     n == 1 ? " is" : "s are", *list ? ":" : "", list,
		     known > NAMED_TASKS ? " ..." : "", after);
}

static void on_time(struct session *s)
{
	uint64_t now = now_ns();

	if (workload_time(&s->workload, now) == WORKLOAD_TIMEOUT)
		s->over = true;
	if (s->tell_ns && now >= s->tell_ns) {
		s->tell_ns = 0;
		name_tasks(s, "the command has ended", s->options->seconds > 0 ?
			   ": recording goes on" : ": recording goes on; "
			   "--leader ends it with the command, -t after a time");
	}
	/* This ends the command as -t does. */
	if (s->workload.stage == WORKLOAD_RUNS &&
	    until_check(s->until, s->tracer, now))
		s->workload.due_ns = now;
	progress_show(s->line, s->tracer, now);
	live_show(s->live, now);
}

/*
 * Whether a unit of the targets still exists, which it does until its cgroup is
 * removed: between ExecStartPre= and ExecStart= it has no process. systemd
 * removes the cgroup at once, but other managers may not.
 */
static bool has_units(struct session *s)
{
	const struct recording_options *o = s->options;
	uint64_t now = now_ns();
	bool first = !s->ask_ns;

	if (!tracer_cgroups(s->tracer))
		return false;
	if (!first && now < s->ask_ns)
		return true;
	s->ask_ns = now + (first ? ASK_MS : ASK_AGAIN_MS) * 1000000ULL;
	if (first)
		return true;
	for (size_t i = 0; i < o->n_targets; i++)
		if (o->targets[i].unit && !unit_is_stopped(o->targets[i].unit))
			return true;
	return false;
}

static bool is_attached_over(struct session *s)
{
	const struct recording_options *o = s->options;
	bool any_unit = false;

	if (o->keep || tracer_live(s->tracer) || tracer_armed(s->tracer) ||
	    !jobs_done(o->jobs)) {
		s->ask_ns = 0;
		return false;
	}
	for (size_t i = 0; i < o->n_targets; i++) {
		if (!o->targets[i].n_pids && !jobs_failed(o->jobs) &&
		    !tracer_target_began(s->tracer, i))
			return false;
		any_unit |= o->targets[i].unit != NULL;
	}
	return !any_unit || !has_units(s);
}

static bool is_over(struct session *s)
{
	if (s->over)
		return true;
	if (!s->workload.child.pid)
		return is_attached_over(s);
	if (!s->workload.exited)
		return false;
	/* After the SIGKILL of -t, remaining tasks do not count. */
	return s->options->leader || !tracer_live(s->tracer) ||
		s->workload.stage == WORKLOAD_KILLED;
}

/* Returns for how many ms poll(2) may sleep. -1: until something happens. */
static int patience(const struct session *s)
{
	uint64_t now = now_ns(), next = UINT64_MAX;
	const uint64_t times[] = {
		s->workload.due_ns, s->tell_ns, s->tracer_ns,
		until_due(s->until), progress_due(s->line),
		jobs_due(s->options->jobs), s->ask_ns, live_due(s->live),
		priority_due(&s->priority),
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (times[i] && times[i] < next)
			next = times[i];
	if ((s->workload.exited || !s->workload.child.pid) &&
	    next > now + FALLBACK_MS * 1000000ULL)
		next = now + FALLBACK_MS * 1000000ULL;
	return workload_patience(next, now);
}

/* Writes a byte to the process that waits. It is no error if that has gone. */
static void tell_ready(struct session *s)
{
	ssize_t ignored;

	if (s->ready_fd < 0)
		return;
	ignored = write(s->ready_fd, "\n", 1);
	(void)ignored;
	close(s->ready_fd);
	s->ready_fd = -1;
}

/* Whether the first mark was reached: the command is then ready. */
static bool is_marked(const struct session *s)
{
	struct tracer_phase phases[TRACER_PHASES];

	return tracer_phases(s->tracer, phases) > 1;
}

static void watch(struct session *s)
{
	while (!is_over(s)) {
		enum { TRACED = WORKLOAD_FDS, JOB, MARKED, KEYS, N_FDS };
		struct pollfd fds[N_FDS] = {
			[TRACED] = { tracer_fd(s->tracer), POLLIN, 0 },
			[JOB] = { jobs_fd(s->options->jobs), POLLIN, 0 },
			[MARKED] = { s->options->split->fd, POLLIN, 0 },
			[KEYS] = { live_fd(s->live), POLLIN, 0 },
		};

		workload_fds(&s->workload, fds);
		/* The priority may be lowered, so tasks must wait for us. */
		tracer_rest(s->tracer, false);
		tracer_rest(s->tracer, priority_limit(&s->priority));
		if (poll(fds, N_FDS, patience(s)) < 0 && errno != EINTR)
			message_fatal("cannot wait for events: %s", strerror(errno));
		if (fds[0].revents)
			on_exit_of_command(s);
		if (fds[1].revents)
			on_signal(s);
		if (fds[MARKED].revents)
			split_drain(s->options->split);
		if (fds[KEYS].revents && live_keys(s->live))
			s->over = true;
		if (fds[TRACED].revents || s->tracer_ns)
			s->tracer_ns = tracer_dispatch(
				s->tracer, now_ns());
		jobs_run(s->options->jobs, now_ns());
		if (s->ready_fd >= 0 && is_marked(s))
			tell_ready(s);
		on_time(s);
	}
}

/*
 * Sets the time of the command's execve on the UTC clock, and the time since
 * then.
 */
static void note_times(struct recording *r, const struct tracer *tracer)
{
	uint64_t now = tracer_now(tracer);
	struct tracer_glance glance;

	tracer_glance(tracer, &glance);
	r->began = glance.start_ns;
	r->duration_ns = glance.start_ns ? now - glance.start_ns : 0;
	r->start_ns = clock_ns(CLOCK_REALTIME) - r->duration_ns;
}

/*
 * A program of our uid can have our capabilities, too, as with ambient ones.
 * This keeps it from tracing us, unless it has CAP_SYS_PTRACE: ptrace(2).
 */
static void forbid_tracing(void)
{
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int start(struct session *s, const struct command *command)
{
	struct command c = *command;
	struct recording *r = s->result;
	int error;

	workload_prepare(&c, &r->signals);
	c.hook = tracer_arm;
	c.hook_arg = s->tracer;
	error = command_start(&c, &s->workload.child);
	if (error)
		return error;
	priority_raise(&s->priority);
	error = tracer_complete(s->tracer);
	if (error) {
		command_abort(&s->workload.child);
		return error;
	}
	r->failure = command_result(&s->workload.child, &r->error, &r->what);
	return 0;
}

/*
 * Runs a recording from start to end, with the status line and the final notes.
 */
static void follow(struct session *s)
{
	const struct recording_options *options = s->options;
	struct recording *r = s->result;
	const struct command_child child = s->workload.child;
	uint64_t now = now_ns();

	workload_begin(&s->workload, &child, &r->signals, options->seconds);
	if (options->live)
		s->live = live_new(options->live, options->marks, s->tracer);
	if (options->progress && !s->live)
		s->line = progress_new(now);
	s->tracer_ns = now;
	s->until = until_new(&options->until);
	watch(s);
	live_free(s->live);
	until_free(s->until);
	if (!options->quiet && !options->leader && child.pid)
		name_tasks(s, "the recording has ended", "");
	r->has_status = s->workload.exited;
	r->status = s->workload.status;
	r->timed_out = s->workload.stage != WORKLOAD_RUNS;
	note_times(r, s->tracer);
	progress_free(s->line);
}

int recording_run(struct recording *r, const struct recording_options *options,
		  const struct command *command, struct tracer *tracer)
{
	struct session s = {
		.result = r,
		.options = options,
		.tracer = tracer,
		.ready_fd = options->ready_fd,
	};
	int error = forward_open(&r->signals);

	forbid_tracing();
	if (!error)
		error = start(&s, command);
	if (!error && r->failure == COMMAND_STARTED) {
		if (!options->marks->n)
			tell_ready(&s);
		follow(&s);
	}
	priority_restore(&s.priority);
	forward_close(&r->signals);
	return error;
}

int recording_attach(struct recording *r,
		     const struct recording_options *options,
		     struct tracer *tracer, pid_t *missing)
{
	struct session s = {
		.result = r,
		.options = options,
		.tracer = tracer,
		.ready_fd = options->ready_fd,
	};
	int error = forward_open(&r->signals);

	forbid_tracing();
	signal(SIGPIPE, SIG_IGN);
	if (!error) {
		priority_raise(&s.priority);
		error = tracer_complete(tracer);
		if (!error)
			error = tracer_attach(tracer, missing);
		if (!error) {
			options->on_attached(options->argument, tracer);
			tell_ready(&s);
			jobs_run(options->jobs, now_ns());
			follow(&s);
		}
		priority_restore(&s.priority);
	}
	forward_close(&r->signals);
	return error;
}
