/* SPDX-License-Identifier: Apache-2.0 */
#include "landlock/confine.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/audit-socket.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "kernel/path.h"
#include "landlock/denial-log.h"

/* A command. */

enum { TERM_GRACE_MS = 10000, LISTS_SINCE_ABI = 7 };

struct session {
	const struct confine_options *options;
	struct denied *denied;
	struct denial_log *audit;	/* NULL: denials are not listed */
	struct command_child child;
	int ruleset, abi;
	bool exited;
	int status;		/* of waitpid(2) */
	uint64_t deadline_ms;	/* 0: none */
	bool terminated;
};

static void note_missing(const char *path, void *arg)
{
	char *text = path_escape(path);

	(void)arg;
	message_note("%s does not exist here: its rule is left out", text);
	free(text);
}

static bool open_ruleset(struct session *s)
{
	s->abi = landlock_abi();
	if (!s->abi) {
		message_error("this kernel has no Landlock, or it is off: "
			      "%s", strerror(errno));
		return false;
	}
	s->ruleset = landlock_ruleset(s->options->policy, s->abi, note_missing,
				      NULL);
	if (s->ruleset < 0)
		message_error("cannot make a ruleset: %s",
			      strerror(-s->ruleset));
	return s->ruleset >= 0;
}

/* False: denials cannot be listed, and nothing is to be run then. */
static bool open_audit(struct session *s)
{
	const char *why = NULL;

	if (s->abi >= LISTS_SINCE_ABI) {
		s->audit = denial_log_open();
		why = errno == EPERM ? "it takes root (" AUDIT_SOCKET_CAPS ")" :
			strerror(errno);
	} else {
		why = "this kernel's Landlock writes no records (ABI 7, Linux "
			"6.15)";
	}
	if (s->audit)
		return true;
	if (s->options->unlisted)
		message_note("denials are not listed: %s", why);
	else
		message_error("denials cannot be listed: %s; --enforce runs "
			      "the command all the same", why);
	return s->options->unlisted;
}

static int hook(void *session)
{
	struct session *s = session;

	return landlock_restrict(s->ruleset, s->abi);
}

static void send_signal(const struct session *s, int sig)
{
	syscall(SYS_pidfd_send_signal, s->child.pidfd, sig, NULL, 0);
}

static void see_signal(struct session *s)
{
	struct passed signal;
	enum passing_order order = passing_take(s->options->passing,
						&signal);

	if (order == PASSING_AGAIN)
		send_signal(s, SIGKILL);
	else if (order == PASSING_FIRST &&
		 !passing_is_there(&signal, s->child.pid))
		send_signal(s, signal.signal);
}

static void see_time(struct session *s)
{
	uint64_t now = now_ms();

	if (!s->deadline_ms || now < s->deadline_ms)
		return;
	send_signal(s, s->terminated ? SIGKILL : SIGTERM);
	s->terminated = true;
	s->deadline_ms = now + TERM_GRACE_MS;
}

static void watch(struct session *s)
{
	while (!s->exited) {
		struct pollfd p[] = {
			{ s->child.pidfd, POLLIN, 0 },
			{ s->options->passing->fd, POLLIN, 0 },
			{ s->audit ? denial_log_fd(s->audit) : -1, POLLIN, 0 },
		};
		uint64_t now = now_ms();
		int wait_ms = !s->deadline_ms ? -1 : s->deadline_ms > now ?
			(int)(s->deadline_ms - now) : 0;

		if (poll(p, 3, wait_ms) < 0)
			continue;
		if (p[0].revents) {
			waitpid(s->child.pid, &s->status, 0);
			s->exited = true;
		}
		if (p[1].revents)
			see_signal(s);
		if (p[2].revents)
			denial_log_take(s->audit, s->denied);
		see_time(s);
	}
}

static void say_end(const struct session *s)
{
	if (WIFEXITED(s->status) && WEXITSTATUS(s->status))
		message_note("the command exited with %d",
			     WEXITSTATUS(s->status));
	if (WIFSIGNALED(s->status))
		message_note("the command was killed by SIG%s",
			     sigabbrev_np(WTERMSIG(s->status)));
	/* Not listed, a failure is all there is to go by. */
	if (!s->audit && s->status)
		message_latch(STATUS_NO);
}

/* The list is whole when its command could be run. */
static bool run(struct session *s, const struct command *command)
{
	enum command_failure failure;
	const char *what = NULL;
	int error = command_start(command, &s->child);

	if (error) {
		message_error("cannot start the command: %s",
			      strerror(-error));
		return false;
	}
	if (s->audit)
		denial_log_follow(s->audit, s->child.pid);
	failure = command_result(&s->child, &error, &what);
	if (failure == COMMAND_STARTED) {
		watch(s);
		close(s->child.pidfd);
		say_end(s);
	}
	if (s->audit && !denial_log_finish(s->audit, s->denied))
		message_error("auditing was turned off meanwhile, or lost "
			      "records: the list may not be whole");
	if (failure == COMMAND_STARTED)
		return true;
	if (failure != COMMAND_FAILED && denied_size(s->denied)) {
		message_note("%s: %s: the policy denies its start",
			     command->argv[0], strerror(error));
		return true;
	}
	message_error("%s%s: %s", what ? "cannot " : "",
		      what ? what : command->argv[0], command_error(error));
	return false;
}

bool confine_run(const struct confine_options *o, const struct command *command,
		 struct denied *denied)
{
	struct command confined = *command;
	struct session s = {
		.options = o, .denied = denied, .ruleset = -1,
	};
	bool ok;

	confined.mask = &o->passing->mask;
	confined.hook = hook;
	confined.hook_arg = &s;
	if (o->timeout)
		s.deadline_ms = now_ms() + 1000ULL * o->timeout;
	ok = open_ruleset(&s) && open_audit(&s) && run(&s, &confined);
	denial_log_close(s.audit);
	if (s.ruleset >= 0)
		close(s.ruleset);
	return ok;
}
