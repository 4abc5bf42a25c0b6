/* SPDX-License-Identifier: Apache-2.0 */
#include "notify.h"

#include <errno.h>
#include <linux/audit.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/message.h"
#include "filter/filter.h"
#include "notify-calls.h"
#include "notify-filter.h"
#include "notify-tasks.h"
#include "process/describe.h"
#include "process/listener.h"
#include "process/workload.h"

#define SECOND 1000000000ULL	/* ns */

enum {
	/*
	 * the wait after the command's end before the note about remaining
	 * tasks, in s
	 */
	TELL_AFTER_S = 1,
	/* interval at which remaining tasks are counted */
	FALLBACK_MS = 500,
};

struct notify {
	struct trace *trace;
	struct notify_tasks *tasks;
	struct notify_calls *calls;
	struct filter *filter;
	struct listener *listener;
	const struct recording_options *options;
	struct recording *result;
	struct workload workload;
	/* the last execve of our child, by which the command starts */
	struct seccomp_data start;
	uint64_t start_ns;	/* its time, on the monotonic clock */
	/* When to print the note about remaining tasks. 0: never. */
	uint64_t tell_ns;
	bool started;		/* whether the command's program runs */
	/* whether the recording ends without waiting for remaining tasks */
	bool over;
	/* whether the last task under the filter has ended */
	bool hung_up;
	bool own_filter, own_listener, own_strict;
	/* whether the workload may have changed /proc/PID/exe */
	bool own_exe;
	bool no_new_privs;
	bool knows;		/* whether --known was given */
};

struct notify *notify_new(const struct known *known)
{
	struct notify *n = xcalloc(1, sizeof(*n));

	n->trace = trace_new();
	n->tasks = notify_tasks_new(n->trace);
	n->calls = notify_calls_new();
	n->knows = known->n;
	n->filter = notify_filter(known);
	if (!n->filter)
		message_error("--known: too many calls for a filter");
	else
		n->listener = listener_new(n->filter);
	if (n->listener)
		return n;
	notify_free(n);
	return NULL;
}

void notify_free(struct notify *n)
{
	if (!n)
		return;
	listener_free(n->listener);
	filter_free(n->filter);
	notify_calls_free(n->calls);
	notify_tasks_free(n->tasks);
	trace_free(n->trace);
	free(n);
}

struct trace *notify_trace(struct notify *n)
{
	return n->trace;
}

uint64_t notify_tasks(const struct notify *n)
{
	return notify_task_count(n->tasks);
}

/* Notifications */

/*
 * Notes that the workload loaded a filter, with or without a listener, or
 * entered strict mode.
 */
static void note_own_load(struct notify *n, const struct seccomp_data *data)
{
	struct call_id id = { data->arch, data->nr };
	char buf[SYSCALL_NAME_MAX];
	bool is_seccomp = !strcmp(syscall_label(id, buf), "seccomp");

	/* This operation only asks what the kernel offers. */
	if (!data->args[2])
		n->own_strict |= !is_seccomp &&
			data->args[1] == SECCOMP_MODE_STRICT;
	else if (is_seccomp && data->args[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER)
		n->own_listener = true;
	else
		n->own_filter = true;
}

static bool sets_exe(const struct seccomp_data *data)
{
	return (uint32_t)data->args[0] == PR_SET_MM &&
		((uint32_t)data->args[1] == PR_SET_MM_EXE_FILE ||
		 (uint32_t)data->args[1] == PR_SET_MM_MAP);
}

/*
 * Counts a call even if a signal ends it before the kernel makes it: the
 * program wanted to make it.
 */
static void take_call(struct notify *n, const struct seccomp_notif *call)
{
	uint64_t since_ns = now_ns() - n->start_ns;
	enum notify_role role;
	uint32_t image;

	if (!notify_image(n->tasks, n->listener, call, since_ns, &image))
		return;
	role = notify_call(n->calls, image, &call->data, since_ns);
	if (role == ROLE_EXECUTES)
		notify_will_exec(n->tasks, call->pid);
	if (role == ROLE_ENDS)
		notify_will_exit(n->tasks, call->pid);
	if (role == ROLE_LOADS && filter_is_own_load(&call->data))
		note_own_load(n, &call->data);
	else if (role == ROLE_LOADS && sets_exe(&call->data))
		n->own_exe = true;
}

/*
 * Handles a call of the first task, our child. Its last execve starts the
 * command.
 */
static void take_start(struct notify *n, const struct seccomp_notif *call)
{
	if (!notify_is_exec((struct call_id){ call->data.arch, call->data.nr }))
		return;
	n->start = call->data;
	n->start_ns = now_ns();
}

/*
 * Writes a byte to the process that waits for the start. It is no error if none
 * waits.
 */
static void tell_ready(const struct notify *n)
{
	int fd = n->options->ready_fd;
	ssize_t ignored;

	if (fd < 0)
		return;
	ignored = write(fd, "\n", 1);
	(void)ignored;
	close(fd);
}

/* The program runs if the child closed its pipe without a report. */
static void see_start(struct notify *n)
{
	struct command_child *child = &n->workload.child;
	struct pollfd p = { .fd = child->result_fd, .events = POLLIN };
	struct recording *r = n->result;

	if (child->result_fd < 0 || poll(&p, 1, 0) <= 0 || p.revents & POLLIN)
		return;
	r->failure = command_result(child, &r->error, &r->what);
	n->started = true;
	r->start_ns = clock_ns(CLOCK_REALTIME) - (now_ns() - n->start_ns);
	notify_call_start(n->calls, notify_first_image(n->tasks, child->pid),
			  &n->start);
	tell_ready(n);
}

static void serve(struct notify *n)
{
	struct seccomp_notif call;

	if (!listener_receive(n->listener, &call))
		return;
	notify_tasks_reap(n->tasks);
	see_start(n);
	if (n->started)
		take_call(n, &call);
	else
		take_start(n, &call);
	listener_continue(n->listener, call.id);
}

/* The command */

/* Handles the end of our child, which may be before its exec. */
static void see_exit(struct notify *n)
{
	struct recording *r = n->result;

	see_start(n);
	if (!n->started) {
		r->failure = command_result(&n->workload.child, &r->error,
					    &r->what);
		n->over = true;
		if (r->failure != COMMAND_STARTED)
			return;		/* it was reaped */
	}
	if (workload_reap(&n->workload) && !n->options->leader)
		n->tell_ns = now_ns() + TELL_AFTER_S * SECOND;
}

static void see_signal(struct notify *n)
{
	struct forwarded signal;

	switch (workload_signal(&n->workload, &signal)) {
	case WORKLOAD_FIRST:
		if (n->workload.exited)
			message_note("the command has ended: a second signal "
				     "ends the recording");
		return;
	case WORKLOAD_AGAIN:
		n->result->ended_by = signal.signal;
		n->over = true;
		return;
	default:
		return;
	}
}

static void see_time(struct notify *n)
{
	uint64_t now = now_ns();

	if (workload_time(&n->workload, now) == WORKLOAD_TIMEOUT)
		n->over = true;
	if (!n->tell_ns || now < n->tell_ns)
		return;
	n->tell_ns = 0;
	if (!n->options->quiet)
		message_note("the command has ended, but processes that it "
			     "started still run: recording goes on%s",
			     n->options->seconds > 0 ? "" : "; --leader ends "
			     "it with the command, -t after a time");
}

static bool is_over(const struct notify *n)
{
	return n->over || (n->workload.exited &&
		(n->hung_up || n->options->leader ||
		 n->workload.stage == WORKLOAD_KILLED));
}

static int patience(const struct notify *n)
{
	uint64_t now = now_ns(), next = UINT64_MAX;

	if (n->workload.due_ns)
		next = n->workload.due_ns;
	if (n->tell_ns && n->tell_ns < next)
		next = n->tell_ns;
	if (n->workload.exited && next > now + FALLBACK_MS * 1000000ULL)
		next = now + FALLBACK_MS * 1000000ULL;
	return workload_patience(next, now);
}

/* We inherit orphans if we are the first process of a container. */
static void reap_orphans(const struct notify *n)
{
	if (n->workload.exited && getpid() == 1)
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
}

static void handle_events(struct notify *n)
{
	enum { NOTIFIED = WORKLOAD_FDS, ENDED, STARTED, N_FDS };
	struct pollfd p[N_FDS] = {
		[NOTIFIED] = { n->hung_up ? -1 : listener_fd(n->listener),
			       POLLIN, 0 },
		[ENDED] = { notify_tasks_fd(n->tasks), POLLIN, 0 },
		[STARTED] = { n->workload.child.result_fd, POLLIN, 0 },
	};

	workload_fds(&n->workload, p);
	if (poll(p, N_FDS, patience(n)) < 0)
		return;
	if (p[STARTED].revents)
		see_start(n);
	if (p[NOTIFIED].revents & POLLIN)
		serve(n);
	else if (p[NOTIFIED].revents)
		n->hung_up = true;
	if (p[ENDED].revents)
		notify_tasks_reap(n->tasks);
	if (p[0].revents)
		see_exit(n);
	if (p[1].revents)
		see_signal(n);
	see_time(n);
	reap_orphans(n);
}

static void note_end(const struct notify *n)
{
	struct recording *r = n->result;

	r->began = n->started;
	r->has_status = n->workload.exited;
	r->status = n->workload.status;
	r->timed_out = n->workload.stage != WORKLOAD_RUNS;
	r->duration_ns = n->started ? now_ns() - n->start_ns : 0;
	if (n->started && !n->hung_up && !n->options->quiet)
		message_note("the recording has ended; the remaining processes "
			     "keep running");
}

static int start(struct notify *n, const struct command *command)
{
	struct command c = *command;
	struct recording *r = n->result;
	struct command_child child;
	int error;

	workload_prepare(&c, &r->signals);
	c.hook = listener_hook;
	c.hook_arg = n->listener;
	error = command_start(&c, &child);
	if (error)
		return error;
	workload_begin(&n->workload, &child, &r->signals, n->options->seconds);
	if (!listener_take(n->listener, &n->workload.child,
			   GUARDIAN_CONTINUES)) {
		command_abort(&n->workload.child);
		exit(message_status());
	}
	n->no_new_privs = listener_no_new_privs(n->listener);
	n->hung_up = listener_fd(n->listener) < 0;
	return 0;
}

int notify_run(struct notify *n, struct recording *r,
	       const struct recording_options *options,
	       const struct command *command)
{
	int error = forward_open(&r->signals);

	n->result = r;
	n->options = options;
	if (!error)
		error = start(n, command);
	while (!error && !is_over(n))
		handle_events(n);
	if (!error)
		note_end(n);
	forward_close(&r->signals);
	return error;
}

/* The end of the recording */

static void describe_blindness(const struct notify *n, struct run *run)
{
	if (n->own_filter)
		describe_append(&run->blind, "calls that a seccomp filter of "
				"the workload's own answered");
	if (n->own_listener)
		describe_append(&run->blind, "what the workload does with a "
				"listener of its own, which the kernel refused "
				"beside ours (EBUSY)");
	if (n->own_strict)
		describe_append(&run->blind, "what the workload does in the "
				"strict mode of seccomp, which the kernel "
				"refused beside our filter (EINVAL)");
	if (n->own_exe)
		describe_append(&run->blind, "which executable made each call: "
				"the workload changed /proc/PID/exe by prctl");
	if (n->no_new_privs && notify_saw_privileged(n->tasks))
		describe_append(&run->blind, "what set-user-ID programs and "
				"programs with capabilities do: they gained "
				"no privileges, since the command ran with "
				"no_new_privs");
	if (n->knows)
		describe_append(&run->blind, "calls that the file of --known "
				"has");
	if (notify_calls_io_uring(n->calls))
		describe_append(&run->blind, "operations of io_uring, which "
				"are no system calls: no filter sees them");
}

void notify_collect(struct notify *n, struct run *run)
{
	static const char *const kinds[] = { "call", "task", "detail",
					     "record" };

	notify_calls_collect(n->calls, n->trace);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		run_lose(run, kinds[i], 0);
	run_lose(run, "image", notify_images_lost(n->tasks));
	describe_blindness(n, run);
}
