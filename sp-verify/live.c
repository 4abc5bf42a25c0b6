/* SPDX-License-Identifier: Apache-2.0 */
#include "live.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "listener.h"
#include "memory.h"
#include "message.h"
#include "text.h"

enum {
	TERM_GRACE = 10,	/* seconds from SIGTERM to SIGKILL */
	WAIT_NOTICE = 1,	/* seconds until it is said what is awaited */
};

struct session {
	const struct live_options *options;
	const struct command *command;
	struct report *report;
	struct listener *listener;
	struct command_child child;
	int signal_fd;
	bool started;		/* the command's program runs */
	bool failed;		/* the command could not be run */
	bool exited;		/* the command, and its status is known */
	bool hung_up;		/* nobody is left under the filter */
	bool ended;		/* the rest is not waited for */
	int status;		/* of waitpid(2) */
	size_t n_signals;	/* passed on */
	enum { RUNNING, TERMINATED, KILLED } stage;	/* of the timeout */
	uint64_t deadline;	/* of the stage, ms; 0: none */
	uint64_t notice;	/* when to say what is awaited; 0: no more */
	char *own_filter;	/* an image that loads a filter of its own */
	char *own_listener;	/* likewise, with a listener */
};

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

static void send_signal(const struct session *s, int sig)
{
	if (!s->exited && !s->failed)
		syscall(SYS_pidfd_send_signal, s->child.pidfd, sig, NULL, 0);
}

static bool denies(uint32_t action)
{
	return !action_allows(action);
}

/* What --enforce answers by itself; the rest is the kernel's to do. */
static bool is_errno(uint32_t action)
{
	action &= SECCOMP_RET_ACTION_FULL;
	return action == SECCOMP_RET_ERRNO || action == SECCOMP_RET_USER_NOTIF;
}

/* Notifications */

/*
 * The image of the task, NULL when it is gone or out of sight. The caller
 * frees. The command's own execve belongs to the new image.
 */
static char *task_image(const struct session *s,
			const struct seccomp_notif *n)
{
	char link[64], path[PATH_MAX];
	ssize_t size;

	if (!s->started)
		return xstrdup(s->command->argv[0]);
	snprintf(link, sizeof(link), "/proc/%u/exe", n->pid);
	size = readlink(link, path, sizeof(path) - 1);
	if (size < 0 || !listener_is_valid(s->listener, n->id))
		return NULL;
	path[size] = '\0';
	return xstrdup(path);
}

static void note_own_load(struct session *s, const struct seccomp_data *data,
			  const char *image)
{
	struct call_id id = { data->arch, data->nr };
	char buf[SYSCALL_NAME_MAX];
	bool listens = !strcmp(syscall_label(id, buf), "seccomp") &&
		       data->args[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER;
	char **noted = listens ? &s->own_listener : &s->own_filter;
	bool probes = !data->args[2];	/* what the kernel can, without one */

	if (!*noted && !probes)
		*noted = text_printable(image ? image : "a task");
}

/* What a filter answers that nobody listens to is ENOSYS (seccomp(2)). */
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
 * A call whose task is gone, or that is made again after a signal, was still
 * made: it is listed, but not counted.
 */
static void judge(struct session *s, const struct seccomp_notif *n)
{
	struct call_id id = { n->data.arch, n->data.nr };
	uint32_t action = filter_run(s->options->filter, &n->data);
	char buf[ACTION_NAME_MAX];
	char *image = task_image(s, n);
	uint64_t args[6];
	bool sent;

	for (size_t i = 0; i < 6; i++)
		args[i] = n->data.args[i];
	if (filter_is_own_load(&n->data))
		note_own_load(s, &n->data, image);
	sent = send_answer(s, n->id, action);
	if (!action_allows(action))
		report_add(s->report, &(struct violation){
			.id = id, .answer = action_name(action, buf),
			.image = image, .args = args, .pid = n->pid,
			.count = sent,
		});
	free(image);
}

static bool is_exec(const struct seccomp_data *data)
{
	struct call_id id = { data->arch, data->nr };
	char buf[SYSCALL_NAME_MAX];
	const char *name = syscall_label(id, buf);

	return !strcmp(name, "execve") || !strcmp(name, "execveat");
}

/* Whether the child's report has arrived, and the exec was refused. */
static bool exec_failed(const struct session *s, bool *known)
{
	struct pollfd p = { .fd = s->child.result_fd, .events = POLLIN };

	*known = poll(&p, 1, 0) > 0;
	return p.revents & POLLIN;
}

/*
 * An end of the report without any means that the program runs. After a
 * report the child makes calls until it has exited.
 */
static void see_result(struct session *s)
{
	int error;
	bool known;
	const char *what;

	if (s->child.result_fd < 0 || exec_failed(s, &known) || !known)
		return;
	command_result(&s->child, &error, &what);
	s->started = true;
}

static void serve(struct session *s)
{
	struct seccomp_notif n;

	if (!listener_receive(s->listener, &n))
		return;
	see_result(s);
	/* Before the program, all calls but execve are ours. */
	if (s->started || is_exec(&n.data))
		judge(s, &n);
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
	else if (s->options->enforce && report_size(s->report))
		message_note("%s: %s: the profile denies its start", name,
			     strerror(error));
	else
		message_error("%s: %s", name, strerror(error));
}

/* The pidfd is readable: the child has exited, as program or before. */
static void see_exit(struct session *s)
{
	enum command_failure failure = COMMAND_STARTED;
	int error = 0;
	const char *what = NULL;

	if (s->child.result_fd >= 0)
		failure = command_result(&s->child, &error, &what);
	if (failure != COMMAND_STARTED) {
		s->failed = true;
		say_failure(s, failure, error, what);
		return;
	}
	waitpid(s->child.pid, &s->status, 0);
	close(s->child.pidfd);
	s->started = true;
	s->exited = true;
	s->notice = now_ms() + 1000 * WAIT_NOTICE;
}

static void say_status(const struct session *s)
{
	if (WIFEXITED(s->status) && WEXITSTATUS(s->status))
		message_note("the command exited with %d",
			     WEXITSTATUS(s->status));
	if (!WIFSIGNALED(s->status))
		return;
	message_note("the command was killed by SIG%s",
		     sigabbrev_np(WTERMSIG(s->status)));
	if (s->options->enforce && WTERMSIG(s->status) == SIGSYS) {
		message_note("that is a violation: verify without --enforce "
			     "to see the call");
		message_latch(STATUS_NO);
	}
}

/* Signals and time */

/* What the terminal sends, the command in its group has got already. */
static bool has_got(const struct session *s,
		    const struct signalfd_siginfo *info)
{
	return info->ssi_code == SI_KERNEL &&
	       getpgid(s->child.pid) == getpgrp();
}

static void see_signal(struct session *s)
{
	struct signalfd_siginfo info;

	if (read(s->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (s->exited) {
		message_note("what the command left running is not verified "
			     "to its end");
		s->ended = true;
	} else if (s->n_signals++) {
		message_error("ended by SIG%s before the command",
			      sigabbrev_np(info.ssi_signo));
		send_signal(s, SIGKILL);
		s->ended = true;
	} else if (!has_got(s, &info)) {
		send_signal(s, info.ssi_signo);
	}
}

static void see_time(struct session *s)
{
	uint64_t now = now_ms();

	if (s->notice && now >= s->notice) {
		message_note("the command has exited, but not all that it "
			     "started: waiting (-t SECONDS or a signal ends "
			     "this)");
		s->notice = 0;
	}
	if (!s->deadline || now < s->deadline)
		return;
	s->deadline = now + 1000 * TERM_GRACE;
	if (s->exited || s->stage == KILLED)
		s->ended = true;
	else if (s->stage == RUNNING)
		send_signal(s, SIGTERM);
	else
		send_signal(s, SIGKILL);
	s->stage += s->stage != KILLED;
}

static int poll_timeout(const struct session *s)
{
	uint64_t now = now_ms(), next = UINT64_MAX;

	if (s->deadline)
		next = s->deadline;
	if (s->notice && s->notice < next)
		next = s->notice;
	if (next == UINT64_MAX)
		return -1;
	if (next <= now)
		return 0;
	return next - now > INT_MAX ? INT_MAX : (int)(next - now);
}

/* The loop */

static bool is_over(const struct session *s)
{
	return s->ended || s->failed || (s->exited && s->hung_up);
}

static void turn(struct session *s)
{
	struct pollfd p[] = {
		{ s->hung_up ? -1 : listener_fd(s->listener), POLLIN, 0 },
		{ s->exited ? -1 : s->child.pidfd, POLLIN, 0 },
		{ s->signal_fd, POLLIN, 0 },
	};

	if (poll(p, 3, poll_timeout(s)) < 0)
		return;
	if (p[0].revents & POLLIN)
		serve(s);
	else if (p[0].revents)
		s->hung_up = true;
	if (p[1].revents)
		see_exit(s);
	if (p[2].revents)
		see_signal(s);
	see_time(s);
}

static void say_privilege(const struct session *s)
{
	if (listener_fd(s->listener) < 0)
		return;
	message_note(listener_no_new_privs(s->listener)
		     ? "no CAP_SYS_ADMIN: the command runs with no_new_privs"
		     : "the filter is loaded with CAP_SYS_ADMIN, "
		       "without no_new_privs");
}

static void say_own_loads(const struct session *s)
{
	if (s->own_filter)
		message_note("%s loads a filter of its own: calls that it "
			     "answers are not seen here", s->own_filter);
	if (s->own_listener)
		message_note("%s takes a listener of its own, which the kernel "
			     "refuses beside ours (EBUSY)", s->own_listener);
}

static void watch(struct session *s)
{
	say_privilege(s);
	s->hung_up = listener_fd(s->listener) < 0;
	if (s->options->timeout)
		s->deadline = now_ms() + 1000ULL * s->options->timeout;
	while (!is_over(s))
		turn(s);
	if (s->ended && !s->exited) {
		waitpid(s->child.pid, &s->status, 0);
		close(s->child.pidfd);
		s->exited = true;
	}
	if (s->exited)
		say_status(s);
	if (s->ended && !s->hung_up)
		message_note("what is left runs on under the filter, and what "
			     "that denies answers ENOSYS now");
	say_own_loads(s);
}

static void abandon_child(const struct session *s)
{
	kill(s->child.pid, SIGKILL);
	waitpid(s->child.pid, NULL, 0);
	close(s->child.pidfd);
	close(s->child.result_fd);
}

static bool start(struct session *s, struct command *command,
		  const sigset_t *mask)
{
	int err;

	command->mask = mask;
	command->hook = listener_hook;
	command->hook_arg = s->listener;
	err = command_start(command, &s->child);
	if (err) {
		message_error("cannot start the command: %s", strerror(-err));
		return false;
	}
	if (listener_take(s->listener, &s->child))
		return true;
	abandon_child(s);
	return false;
}

static bool run(struct session *s, struct command *command)
{
	struct filter *notifying = filter_notifying(s->options->filter,
			s->options->enforce ? is_errno : denies);
	sigset_t passed_on, before;
	bool ok = false;

	if (!notifying) {
		message_error("the filter is too long to be watched");
		return false;
	}
	sigemptyset(&passed_on);
	sigaddset(&passed_on, SIGINT);
	sigaddset(&passed_on, SIGTERM);
	sigaddset(&passed_on, SIGHUP);
	sigprocmask(SIG_BLOCK, &passed_on, &before);
	s->signal_fd = signalfd(-1, &passed_on, SFD_CLOEXEC | SFD_NONBLOCK);
	s->listener = listener_new(notifying);
	if (s->listener && start(s, command, &before)) {
		watch(s);
		ok = !s->failed;
	}
	listener_free(s->listener);
	close(s->signal_fd);
	sigprocmask(SIG_SETMASK, &before, NULL);
	filter_free(notifying);
	return ok;
}

bool live_run(const struct live_options *o, struct command *command,
	      struct report *report)
{
	struct session s = {
		.options = o, .command = command, .report = report,
	};
	bool ok = run(&s, command);

	free(s.own_filter);
	free(s.own_listener);
	return ok;
}
