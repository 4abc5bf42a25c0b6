/* SPDX-License-Identifier: Apache-2.0 */
#include "run/live.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/message.h"
#include "process/listener.h"
#include "process/workload.h"
#include "run/caller.h"
#include "run/chain.h"
#include "run/own-filters.h"
#include "simulate/simulate.h"

enum {
	/* The command is executed directly, and then as a script. */
	STARTS_MAX = 2,
};

/* A call that was denied, or would have been with --enforce. */
struct denial {
	struct call_id id;
	uint32_t action;
	uint64_t args[6];
	uint64_t time_ns;	/* since the start */
	bool sent;		/* whether the task got its answer */
};

struct session {
	const struct live_options *options;
	const struct command *command;
	struct report *report;
	struct listener *listener;
	struct callers *callers;
	struct workload workload;
	/* The start in monotonic time, and in time since 1970. */
	uint64_t start_ns, start_utc_ns;
	/* The execves that start the command's program. */
	struct denial starts[STARTS_MAX];
	size_t n_starts;
	bool started;		/* whether the command's program runs */
	/* whether the profile really denied an execve of `starts` */
	bool start_denied;
	bool failed;		/* whether the command could not be run */
	/* whether the last task under the filter has ended */
	bool hung_up;
	/* Whether the wait for remaining processes was ended. */
	bool ended;
	bool cut_short;		/* whether a second signal ended the command */
	char *own_filter;	/* an image that loaded its own filter */
	/* An image that loaded its own filter with a listener. */
	char *own_listener;
	bool own_strict;	/* whether a task entered strict mode */
	/* The calls that the workload's own filters answer. */
	struct own_filters *hidden;
};

static bool is_running(const struct session *s)
{
	struct pollfd p = { s->workload.child.pidfd, POLLIN, 0 };

	return !s->workload.exited && !s->failed && !poll(&p, 1, 0);
}

static bool denies(uint32_t action)
{
	return !action_allows(action);
}

/* Whether --enforce gives this answer. The kernel gives all others. */
static bool is_errno(uint32_t action)
{
	action &= SECCOMP_RET_ACTION_FULL;
	return action == SECCOMP_RET_ERRNO || action == SECCOMP_RET_USER_NOTIF;
}

/* Notifications */

/*
 * Records the calls that the task's own filter will answer. The task waits for
 * our answer, so the recording begins before it loads the filter.
 */
static void record_hidden(struct session *s, const struct seccomp_notif *n)
{
	pid_t pid = caller_process(s->listener, n);

	if (pid < 0)
		return;
	if (s->options->enforce || !pid)
		own_filters_miss(s->hidden);
	else if (own_filters_follow(s->hidden, is_running(s) ? s->workload.child.pid : 0,
			       pid))
		report_mark(s->report);
}

static void note_own_load(struct session *s, const struct seccomp_notif *n,
			  const struct caller *who)
{
	const struct seccomp_data *data = &n->data;
	struct call_id id = { data->arch, data->nr };
	char buf[SYSCALL_NAME_MAX];
	bool listens = !strcmp(syscall_label(id, buf), "seccomp") &&
		       data->args[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER;
	char **noted = listens ? &s->own_listener : &s->own_filter;

	/*
	 * The operation asks for the kernel's actions, or the filter has no
	 * listener.
	 */
	if (!data->args[2]) {
		s->own_strict |= data->args[1] == SECCOMP_MODE_STRICT &&
			strcmp(syscall_label(id, buf), "seccomp");
		return;
	}
	if (!*noted)
		*noted = caller_name(who);
	if (!listens)
		record_hidden(s, n);
}

/*
 * Returns the errno of an action. Without a listener, a notification fails with
 * ENOSYS (seccomp(2)).
 */
static int denied_errno(uint32_t action)
{
	if ((action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF)
		return ENOSYS;
	return action & SECCOMP_RET_DATA;
}

static bool send_answer(const struct session *s, uint64_t id, uint32_t action)
{
	if (s->options->enforce && is_errno(action))
		return listener_deny(s->listener, id, denied_errno(action));
	return listener_continue(s->listener, id);
}

/*
 * Lists a call. A task that has ended, or that makes the call again after a
 * signal, made it only once, so the call is listed but not counted. `image`
 * NULL: the image is that of the caller.
 */
static void add_denial(struct session *s, const struct denial *d,
		       const struct caller *who, const char *image)
{
	char buf[ACTION_NAME_MAX];

	report_add(s->report, &(struct violation){
		.id = d->id, .answer = action_name(d->action, buf),
		.image = image ? image : who->image ? who->image->path : NULL,
		.place = who->place, .symbol = who->symbol,
		.callers = who->chain ? who->chain->callers : NULL,
		.stack = who->chain ? who->chain->detail : NULL,
		.stack_size = who->chain ? who->chain->detail_size : 0,
		.args = d->args, .pid = who->pid, .tid = who->tid,
		.has_site = s->started, .has_time = true, .time_ns = d->time_ns,
		.count = d->sent,
	});
	if (s->options->learn)
		learn_call(s->options->learn, who->image, d->id, d->args,
			   d->time_ns);
}

static struct denial denial_of(const struct session *s,
			       const struct seccomp_notif *n)
{
	uint64_t now = now_ns();
	struct denial d = {
		.id = { n->data.arch, n->data.nr },
		.action = filter_run(s->options->filter, &n->data),
		.time_ns = now > s->start_ns ? now - s->start_ns : 0,
	};

	for (size_t i = 0; i < 6; i++)
		d.args[i] = n->data.args[i];
	return d;
}

static void judge(struct session *s, const struct seccomp_notif *n)
{
	struct caller who = caller_find(s->callers, s->listener, n);
	struct denial d = denial_of(s, n);

	if (filter_is_own_load(&n->data))
		note_own_load(s, n, &who);
	d.sent = send_answer(s, n->id, d.action);
	if (!action_allows(d.action))
		add_denial(s, &d, &who, NULL);
}

/*
 * Judges the execve that starts the command. It belongs to the new image, which
 * does not exist yet.
 */
static void judge_start(struct session *s, const struct seccomp_notif *n)
{
	struct denial d = denial_of(s, n);

	d.sent = send_answer(s, n->id, d.action);
	if (!action_allows(d.action) && s->n_starts < STARTS_MAX)
		s->starts[s->n_starts++] = d;
}

/*
 * Returns the file that the child will execute, which the caller frees. NULL:
 * there is none.
 */
static char *command_path(const struct command *c)
{
	const char *name = c->argv[0];

	if (c->cwd && *name != '/' && strchr(name, '/'))
		return xasprintf("%s/%s", c->cwd, name);
	return command_find(name);
}

static void settle_starts(struct session *s)
{
	const char *name = s->command->argv[0];
	struct caller who = { .pid = s->workload.child.pid, .tid = s->workload.child.pid };
	char *path;

	if (!s->n_starts)
		return;
	s->start_denied = s->options->enforce;
	path = command_path(s->command);
	who.image = caller_image(s->callers, s->started ? s->workload.child.pid : 0,
				 path);
	for (size_t i = 0; i < s->n_starts; i++)
		add_denial(s, &s->starts[i], &who, s->started ? NULL : name);
	s->n_starts = 0;
	free(path);
}

static bool is_exec(const struct seccomp_data *data)
{
	struct call_id id = { data->arch, data->nr };
	char buf[SYSCALL_NAME_MAX];
	const char *name = syscall_label(id, buf);

	return !strcmp(name, "execve") || !strcmp(name, "execveat");
}

/* Whether the child has reported that its exec failed. */
static bool exec_failed(const struct session *s, bool *known)
{
	struct pollfd p = { .fd = s->workload.child.result_fd, .events = POLLIN };

	*known = poll(&p, 1, 0) > 0;
	return p.revents & POLLIN;
}

/*
 * Reads the child's report. The program runs if the pipe ends without a report.
 * After a report, the child still makes calls until it exits.
 */
static void see_result(struct session *s)
{
	int error;
	bool known;
	const char *what;

	if (s->workload.child.result_fd < 0 || exec_failed(s, &known) || !known)
		return;
	command_result(&s->workload.child, &error, &what);
	s->started = true;
	settle_starts(s);
}

static void serve(struct session *s)
{
	struct seccomp_notif n;

	if (!listener_receive(s->listener, &n))
		return;
	see_result(s);
	/* Before the program starts, all calls but execve are ours. */
	if (s->started)
		judge(s, &n);
	else if (is_exec(&n.data))
		judge_start(s, &n);
	else
		listener_continue(s->listener, n.id);
}

/* The command */

static void say_failure(struct session *s, enum command_failure failure,
			int error, const char *what)
{
	const char *name = s->command->argv[0];

	if (failure == COMMAND_FAILED)
		message_error("cannot %s: %s", what, strerror(error));
	else if (s->start_denied)
		message_note("%s: %s: the profile denies its start", name,
			     strerror(error));
	else
		message_error("%s: %s", name, command_error(error));
}

/*
 * Handles the end of the child, before or after its exec: its pidfd can be
 * read.
 */
static void see_exit(struct session *s)
{
	enum command_failure failure = COMMAND_STARTED;
	int error = 0;
	const char *what = NULL;

	if (s->workload.child.result_fd >= 0)
		failure = command_result(&s->workload.child, &error, &what);
	s->started = failure == COMMAND_STARTED;
	settle_starts(s);
	if (failure != COMMAND_STARTED) {
		s->failed = true;
		say_failure(s, failure, error, what);
		return;
	}
	workload_reap(&s->workload);
	s->ended |= s->workload.stage != WORKLOAD_RUNS;
}

static void say_status(const struct session *s)
{
	workload_note(&s->workload);
	if (!s->options->enforce || s->workload.status != -SIGSYS)
		return;
	message_note("that is a violation: verify without --enforce to see "
		     "the call%s", s->options->learn ? ", which is not in the "
		     "stream" : "");
	report_add_end(s->report, "killed by SIGSYS");
}

/* Handles signals and time. */

static void see_signal(struct session *s)
{
	struct forwarded signal;
	enum workload_event event = workload_signal(&s->workload, &signal);

	if (event == WORKLOAD_NOTHING)
		return;
	if (s->workload.exited) {
		message_note("processes that the command left running are not "
			     "verified to their end");
		s->ended = true;
	} else if (event == WORKLOAD_AGAIN) {
		message_error("ended by SIG%s before the command exited",
			      sigabbrev_np(signal.signal));
		s->ended = s->cut_short = true;
	}
}

static void see_time(struct session *s)
{
	uint64_t now = now_ns();

	workload_note_rest(&s->workload, now);
	if (workload_time(&s->workload, now) == WORKLOAD_TIMEOUT)
		s->ended = true;
}

static int poll_timeout(const struct session *s)
{
	return workload_patience(workload_next(&s->workload), now_ns());
}

/* The loop */

static bool is_over(const struct session *s)
{
	return s->ended || s->failed || (s->workload.exited && s->hung_up);
}

static void turn(struct session *s)
{
	enum { NOTIFIED = WORKLOAD_FDS, RESULT, N_FDS };
	struct pollfd p[N_FDS] = {
		[NOTIFIED] = { s->hung_up ? -1 : listener_fd(s->listener),
			       POLLIN, 0 },
		/* see_result() looks at the new image while it exists. */
		[RESULT] = { s->n_starts ? s->workload.child.result_fd : -1,
			     POLLIN, 0 },
	};

	workload_fds(&s->workload, p);
	if (poll(p, N_FDS, poll_timeout(s)) < 0)
		return;
	if (p[RESULT].revents)
		see_result(s);
	if (p[NOTIFIED].revents & POLLIN)
		serve(s);
	else if (p[NOTIFIED].revents)
		s->hung_up = true;
	if (p[0].revents)
		see_exit(s);
	if (p[1].revents)
		see_signal(s);
	see_time(s);
}

static void say_privilege(const struct session *s)
{
	if (listener_fd(s->listener) >= 0 &&
	    listener_no_new_privs(s->listener))
		message_note("no CAP_SYS_ADMIN: the command runs with "
			     "no_new_privs");
}

static void say_own_loads(const struct session *s)
{
	if (s->own_filter)
		message_note("%s loads a filter of its own: calls that it "
			     "answers are %s", s->own_filter,
			     own_filters_is_whole(s->hidden) ? "recorded as well" :
			     "not seen here");
	if (s->own_listener)
		message_note("%s takes a listener of its own, which the kernel "
			     "refuses beside ours (EBUSY)", s->own_listener);
}

/*
 * Adds calls that their own filters answered. Call it after the last
 * notification.
 */
static void add_hidden(struct session *s)
{
	struct trace *t = trace_new();
	uint64_t begun;

	if (!own_filters_finish(s->hidden, t) || !t->n_runs)
		goto out;
	if (!trace_is_whole(t))
		own_filters_miss(s->hidden);
	begun = t->runs[0]->start_ns;
	begun = begun > s->start_utc_ns ? begun - s->start_utc_ns : 0;
	simulate_hidden(s->options->filter, t, begun, s->report,
			s->options->learn);
out:
	trace_free(t);
}

static void say_strict(const struct session *s)
{
	if (s->own_strict)
		message_note("a task enters the strict mode of seccomp, which "
			     "the kernel refuses beside our filter (EINVAL)");
}

static bool has_hung_up(const struct session *s)
{
	struct pollfd p = { .fd = listener_fd(s->listener) };

	return s->hung_up || (poll(&p, 1, 0) > 0 && p.revents & POLLHUP);
}

static void watch(struct session *s)
{
	say_privilege(s);
	s->hung_up = listener_fd(s->listener) < 0;
	while (!is_over(s))
		turn(s);
	if (s->ended)
		workload_kill(&s->workload);
	if (s->workload.exited)
		say_status(s);
	if (s->ended && !has_hung_up(s))
		message_note("the remaining processes keep running; calls that "
			     "the profile denies %s", s->options->enforce ?
			     "now fail with ENOSYS" :
			     "continue, and are not listed any more");
	add_hidden(s);
	say_own_loads(s);
	say_strict(s);
}

static bool start(struct session *s, struct command *command)
{
	struct command_child child;
	int err;

	command->mask = &s->options->forward->mask;
	command->hook = listener_hook;
	command->hook_arg = s->listener;
	s->start_ns = now_ns();
	s->start_utc_ns = clock_ns(CLOCK_REALTIME);
	err = command_start(command, &child);
	if (err) {
		message_error("cannot start the command: %s", strerror(-err));
		return false;
	}
	workload_begin(&s->workload, &child, s->options->forward,
		       s->options->timeout);
	if (listener_take(s->listener, &s->workload.child,
			  s->options->enforce ? GUARDIAN_FAILS :
			  GUARDIAN_CONTINUES))
		return true;
	command_abort(&s->workload.child);
	return false;
}

static bool run(struct session *s, struct command *command)
{
	struct filter *notifying = filter_notifying(s->options->filter,
			s->options->enforce ? is_errno : denies);
	bool ok = false;

	if (!notifying) {
		message_error("the filter is too long to be watched");
		return false;
	}
	s->listener = listener_new(notifying);
	if (s->listener && start(s, command)) {
		watch(s);
		ok = !s->failed || s->start_denied;
	}
	listener_free(s->listener);
	filter_free(notifying);
	return ok;
}

static void fill_result(const struct session *s, struct live_result *r)
{
	r->refused = s->failed && s->start_denied;
	r->has_status = s->workload.exited;
	r->status = s->workload.status;
	r->duration_ns = (s->workload.exited ? s->workload.end_ns : now_ns()) -
		s->start_ns;
	r->interfered = s->workload.interfered;
}

bool live_run(const struct live_options *o, struct command *command,
	      struct run *described, struct report *report,
	      struct live_result *result)
{
	struct session s = {
		.options = o, .command = command, .report = report,
		.callers = callers_new(), .hidden = own_filters_new(),
	};
	bool ok;

	if (o->learn)
		learn_begin(o->learn, described);
	ok = run(&s, command);
	fill_result(&s, result);
	if (o->learn)
		learn_end(o->learn, result->has_status, result->status,
			  now_ns() - s.start_ns, ok && !s.cut_short);
	own_filters_free(s.hidden);
	callers_free(s.callers);
	free(s.own_filter);
	free(s.own_listener);
	return ok;
}
