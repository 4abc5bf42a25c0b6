/* SPDX-License-Identifier: Apache-2.0 */
#include "landlock/confine.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/audit-socket.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "kernel/path.h"
#include "landlock/denial-log.h"
#include "process/workload.h"

/* A command under a policy. */

enum {
	LISTS_SINCE_ABI = 7,
	/* interval at which remaining processes are looked for, in ms */
	CHILDREN_MS = 50,
};

struct session {
	const struct confine_options *options;
	struct denied *denied;
	struct denial_log *audit;	/* NULL: denials are not listed */
	struct workload workload;
	int ruleset, abi;
	/* whether a signal ended the wait for the command and its processes */
	bool ended;
};

static void add_missing(const char *path, void *missing)
{
	char *text = path_escape(path);

	text_list_add(missing, text);
	free(text);
}

static void note_missing(struct text_list *missing)
{
	size_t n = missing->n;
	char *list = text_list_end(missing);

	if (n == 1)
		message_note("%s does not exist here: its rule is left out",
			     list);
	else if (n)
		message_note("%zu paths of the policy do not exist here, and "
			     "their rules are left out: %s", n, list);
	free(list);
}

static bool open_ruleset(struct session *s)
{
	struct text_list missing = { NULL, 0 };

	s->abi = landlock_abi();
	if (!s->abi) {
		message_error("this kernel has no Landlock, or it is off: "
			      "%s", strerror(errno));
		return false;
	}
	s->ruleset = landlock_ruleset(s->options->policy, s->abi, add_missing,
				      &missing);
	note_missing(&missing);
	if (s->ruleset < 0)
		message_error("cannot make a ruleset: %s",
			      strerror(-s->ruleset));
	return s->ruleset >= 0;
}

/*
 * Returns false if denials cannot be listed, so that the command must not run.
 */
static bool open_audit(struct session *s)
{
	const char *why = NULL;

	if (s->abi >= LISTS_SINCE_ABI) {
		s->audit = denial_log_open();
		why = errno == EPERM ? "run as root, or with " AUDIT_SOCKET_CAPS :
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
			      "the command anyway", why);
	return s->options->unlisted;
}

static int hook(void *session)
{
	struct session *s = session;

	return landlock_restrict(s->ruleset, s->abi);
}

static void see_signal(struct session *s)
{
	struct forwarded signal;
	enum workload_event event = workload_signal(&s->workload, &signal);

	if (event == WORKLOAD_NOTHING)
		return;
	if (!s->workload.exited && event != WORKLOAD_AGAIN)
		return;
	if (!s->workload.exited)
		message_error("ended by SIG%s before the command exited",
			      sigabbrev_np(signal.signal));
	s->ended = true;
}

/*
 * Whether processes remain. Orphans of the command become our children, by
 * PR_SET_CHILD_SUBREAPER.
 */
static bool has_children(void)
{
	pid_t pid;

	do
		pid = waitpid(-1, NULL, WNOHANG);
	while (pid > 0);
	return !pid;
}

static void see_exit(struct session *s)
{
	if (!workload_reap(&s->workload))
		return;
	s->ended |= s->workload.stage != WORKLOAD_RUNS;
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
	if (s->workload.exited)
		return CHILDREN_MS;
	return workload_patience(workload_next(&s->workload), now_ns());
}

static void turn(struct session *s)
{
	enum { DENIED = WORKLOAD_FDS, N_FDS };
	struct pollfd p[N_FDS] = {
		[DENIED] = { s->audit ? denial_log_fd(s->audit) : -1, POLLIN,
			     0 },
	};

	workload_fds(&s->workload, p);
	if (poll(p, N_FDS, poll_timeout(s)) < 0)
		return;
	if (p[0].revents)
		see_exit(s);
	if (p[1].revents)
		see_signal(s);
	if (p[DENIED].revents)
		denial_log_take(s->audit);
	see_time(s);
}

static void watch(struct session *s)
{
	while (!s->ended && (!s->workload.exited || has_children()))
		turn(s);
	workload_kill(&s->workload);
	workload_note(&s->workload);
	if (s->ended && has_children())
		message_note("the remaining processes keep running under the "
			     "policy; their denials are not listed");
	/* Without a list, only the failure of the command is known. */
	if (!s->audit && s->workload.status)
		message_latch(STATUS_NO);
}

/* Runs the command. Returns whether the list of denials is complete. */
static bool run(struct session *s, const struct command *command)
{
	enum command_failure failure;
	struct command_child child;
	const char *what = NULL;
	int error = command_start(command, &child);

	if (error) {
		message_error("cannot start the command: %s",
			      strerror(-error));
		return false;
	}
	workload_begin(&s->workload, &child, s->options->forward,
		       s->options->timeout);
	if (s->audit)
		denial_log_follow(s->audit, child.pid);
	failure = command_result(&s->workload.child, &error, &what);
	if (failure == COMMAND_STARTED)
		watch(s);
	if (s->audit && !denial_log_finish(s->audit, s->denied))
		message_error("auditing was turned off meanwhile, or lost "
			      "records: the list may be incomplete");
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

	confined.mask = &o->forward->mask;
	confined.hook = hook;
	confined.hook_arg = &s;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	/*
	 * Landlock keeps the command from tracing us. This also keeps other
	 * processes of its uid from doing so for it: ptrace(2).
	 */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	ok = open_ruleset(&s) && open_audit(&s) && run(&s, &confined);
	denial_log_close(s.audit);
	if (s.ruleset >= 0)
		close(s.ruleset);
	return ok;
}
