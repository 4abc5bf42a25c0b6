/* SPDX-License-Identifier: Apache-2.0 */
#include "recording.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/message.h"
#include "base/text.h"
#include "progress.h"

#define SECOND 1000000000ULL	/* ns */

enum {
	KILL_AFTER_S = 10,	/* from -t's SIGTERM to SIGKILL */
	TELL_AFTER_S = 1,	/* from the command's end to naming the rest */
	FALLBACK_MS = 500,	/* in case the last task's event was lost */
	NAMED_TASKS = 8,
};

struct session {
	struct recording *result;
	const struct recording_options *options;
	struct tracer *tracer;
	struct command_child child;	/* pid 0: attached, no command */
	int policy;			/* sched(7), before hurry() */
	bool hurries;
	struct sched_param param;
	bool over;
	uint64_t stop_ns;	/* -t: when; 0: never or done */
	uint64_t kill_ns;	/* when to kill after that; 0: not yet or done */
	uint64_t tell_ns;	/* when to name the tasks left; 0: not now */
	uint64_t tracer_ns;	/* when the tracer wants to be called; 0: not */
	struct progress_line *line;	/* NULL: not wanted */
};

static void on_first_signal(struct session *s, const struct passed *signal)
{
	if (s->result->has_status)
		message_note("the command has ended: a second signal ends the "
			     "recording");
	else if (!passing_is_there(signal, s->child.pid))
		kill(s->child.pid, signal->signal);
}

static void on_signal(struct session *s)
{
	struct passed signal;
	enum passing_order order = passing_take(&s->result->signals, &signal);

	if (order == PASSING_NONE)
		return;
	if (order == PASSING_OTHER) {
		tracer_mark(s->tracer, mark_of_signal(s->options->marks,
						      signal.signal));
	} else if (!s->child.pid) {
		s->over = true;
	} else if (order == PASSING_FIRST) {
		on_first_signal(s, &signal);
	} else {
		s->result->ended_by = signal.signal;
		s->over = true;
	}
}

static void on_exit_of_command(struct session *s)
{
	struct recording *r = s->result;
	int status;

	if (waitpid(s->child.pid, &status, WNOHANG) != s->child.pid)
		return;
	r->has_status = true;
	r->status = WIFSIGNALED(status) ? -WTERMSIG(status) :
		WEXITSTATUS(status);
	close(s->child.pidfd);
	s->child.pidfd = -1;
	if (!s->options->quiet && !s->options->leader)
		s->tell_ns = now_ns() + TELL_AFTER_S * SECOND;
}

/* For a terminal; at most 4 times 15 bytes (TASK_COMM_LEN). */
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

/* Say "…, 2 tasks are left: 12 (name) 13 (name)" with `before` and `after`. */
static void name_tasks(const struct session *s, const char *before,
		       const char *after)
{
	pid_t tids[NAMED_TASKS];
	size_t n = tracer_tasks(s->tracer, tids, NAMED_TASKS);
	size_t known = tracer_sees_pids() ? n : 0;
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

static void on_stop(struct session *s, uint64_t now)
{
	s->stop_ns = 0;
	if (s->result->has_status || !s->child.pid) {
		s->over = true;
		return;
	}
	s->result->timed_out = true;
	s->kill_ns = now + KILL_AFTER_S * SECOND;
	kill(s->child.pid, SIGTERM);
}

static void on_kill(struct session *s)
{
	s->kill_ns = 0;
	if (s->result->has_status)
		s->over = true;
	else
		kill(s->child.pid, SIGKILL);
}

static void on_time(struct session *s)
{
	uint64_t now = now_ns();

	if (s->stop_ns && now >= s->stop_ns)
		on_stop(s, now);
	if (s->kill_ns && now >= s->kill_ns)
		on_kill(s);
	if (s->tell_ns && now >= s->tell_ns) {
		s->tell_ns = 0;
		name_tasks(s, "the command has ended", s->options->seconds > 0 ?
			   ": recording goes on" : ": recording goes on; "
			   "--leader ends it with the command, -t after a time");
	}
	progress_show(s->line, s->tracer, now);
}

static bool is_over(const struct session *s)
{
	if (s->over)
		return true;
	if (!s->child.pid)
		return !tracer_live(s->tracer) &&
			(tracer_began(s->tracer) || !s->options->wait);
	if (!s->result->has_status)
		return false;
	if (s->options->leader || !tracer_live(s->tracer))
		return true;
	/* killed by -t: what ignores it is left behind */
	return s->result->timed_out && !s->kill_ns;
}

/* How long poll(2) may sleep, in ms; -1: until something happens. */
static int patience(const struct session *s)
{
	uint64_t now = now_ns(), next = UINT64_MAX, ms;
	const uint64_t times[] = {
		s->stop_ns, s->kill_ns, s->tell_ns, s->tracer_ns,
		progress_due(s->line),
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (times[i] && times[i] < next)
			next = times[i];
	if ((s->result->has_status || !s->child.pid) &&
	    next > now + FALLBACK_MS * 1000000ULL)
		next = now + FALLBACK_MS * 1000000ULL;
	if (next == UINT64_MAX)
		return -1;
	ms = next > now ? (next - now + 999999) / 1000000 : 0;
	return ms < 3600000 ? ms : 3600000;
}

static void watch(struct session *s)
{
	while (!is_over(s)) {
		struct pollfd fds[] = {
			{ .fd = s->result->signals.fd, .events = POLLIN },
			{ .fd = s->child.pid ? s->child.pidfd : -1,
			  .events = POLLIN },
			{ .fd = tracer_fd(s->tracer), .events = POLLIN },
		};

		tracer_rest(s->tracer, s->hurries);
		if (poll(fds, 3, patience(s)) < 0 && errno != EINTR)
			message_fatal("poll: %s", strerror(errno));
		if (fds[0].revents)
			on_signal(s);
		if (fds[1].revents)
			on_exit_of_command(s);
		if (fds[2].revents || s->tracer_ns)
			s->tracer_ns = tracer_dispatch(
				s->tracer, now_ns());
		on_time(s);
	}
}

/* The execve's time on the UTC clock, and how long ago that was. */
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
 * When a filter is loaded, how soon we run decides whether the first calls that
 * it answers are seen; and we sleep nearly always. It is no trouble when this
 * is not permitted.
 */
static void hurry(struct session *s)
{
	struct sched_param first = { .sched_priority = 1 };

	s->policy = sched_getscheduler(0);
	sched_getparam(0, &s->param);
	s->hurries = !sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK,
					 &first);
}

static void unhurry(const struct session *s)
{
	sched_setscheduler(0, s->policy, &s->param);
}

static int start(struct session *s, const struct command *command)
{
	struct command c = *command;
	struct recording *r = s->result;
	int error;

	c.mask = &r->signals.mask;
	c.sigpipe_default = signal(SIGPIPE, SIG_IGN) == SIG_DFL;
	c.sigchld_ignored = signal(SIGCHLD, SIG_DFL) == SIG_IGN;
	c.hook = tracer_arm;
	c.hook_arg = s->tracer;
	error = command_start(&c, &s->child);
	if (error)
		return error;
	hurry(s);
	r->failure = command_result(&s->child, &r->error, &r->what);
	return 0;
}

/* From the start to the end, with the live line and the last remarks. */
static void follow(struct session *s)
{
	const struct recording_options *options = s->options;
	uint64_t now = now_ns();

	if (options->seconds > 0)
		s->stop_ns = now + options->seconds * SECOND;
	if (options->progress)
		s->line = progress_new(now);
	s->tracer_ns = now;
	watch(s);
	if (!options->quiet && !options->leader && s->child.pid)
		name_tasks(s, "the recording has ended", "");
	note_times(s->result, s->tracer);
	progress_free(s->line);
}

int recording_run(struct recording *r, const struct recording_options *options,
		  const struct command *command, struct tracer *tracer)
{
	struct session s = {
		.result = r,
		.options = options,
		.tracer = tracer,
	};
	int error = passing_open(&r->signals);

	if (!error)
		error = start(&s, command);
	if (!error && r->failure == COMMAND_STARTED)
		follow(&s);
	if (!error)
		unhurry(&s);
	passing_close(&r->signals);
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
	};
	int error = passing_open(&r->signals);

	signal(SIGPIPE, SIG_IGN);
	if (!error) {
		hurry(&s);
		error = tracer_attach(tracer, missing);
		if (!error && options->on_attached)
			options->on_attached(options->argument,
					     tracer_live(tracer));
		if (!error)
			follow(&s);
		unhurry(&s);
	}
	passing_close(&r->signals);
	return error;
}
