/* SPDX-License-Identifier: Apache-2.0 */
#include "process/workload.h"

#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/message.h"

#define SECOND 1000000000ULL	/* ns */

enum {
	/* seconds from SIGTERM to SIGKILL, and from SIGKILL to giving up */
	GRACE = 10,
	/* seconds from the command's exit to the note about other processes */
	NOTE_AFTER = 1,
};

void workload_prepare(struct command *command, const struct forward *signals)
{
	command->mask = &signals->mask;
	command->sigpipe_default = signal(SIGPIPE, SIG_IGN) == SIG_DFL;
	command->sigchld_ignored = message_sigchld_ignored();
}

void workload_begin(struct workload *w, const struct command_child *child,
		    struct forward *signals, double seconds)
{
	*w = (struct workload){ .child = *child, .signals = signals };
	if (seconds > 0)
		w->due_ns = now_ns() + (uint64_t)(seconds * SECOND);
}

void workload_fds(const struct workload *w, struct pollfd fds[WORKLOAD_FDS])
{
	bool waits = w->child.pid && !w->exited;

	fds[0] = (struct pollfd){ waits ? w->child.pidfd : -1, POLLIN, 0 };
	fds[1] = (struct pollfd){ w->signals->fd, POLLIN, 0 };
}

static bool reap(struct workload *w, int flags)
{
	int status;

	if (waitpid(w->child.pid, &status, flags) != w->child.pid)
		return false;
	w->exited = true;
	w->end_ns = now_ns();
	w->note_ns = w->end_ns + NOTE_AFTER * SECOND;
	w->status = WIFSIGNALED(status) ? -WTERMSIG(status) :
		WEXITSTATUS(status);
	close(w->child.pidfd);
	w->child.pidfd = -1;
	return true;
}

bool workload_reap(struct workload *w)
{
	return reap(w, WNOHANG);
}

static void send_signal(struct workload *w, int sig)
{
	struct pollfd p = { .fd = w->child.pidfd, .events = POLLIN };

	if (!w->child.pid || w->exited || poll(&p, 1, 0))
		return;
	w->interfered = true;
	syscall(SYS_pidfd_send_signal, w->child.pidfd, sig, NULL, 0);
}

enum workload_event workload_signal(struct workload *w, struct forwarded *signal)
{
	switch (forward_take(w->signals, signal)) {
	case FORWARD_FIRST:
		if (!w->exited && w->child.pid &&
		    forward_is_shared(signal, w->child.pid))
			w->interfered = true;
		else
			send_signal(w, signal->signal);
		return WORKLOAD_FIRST;
	case FORWARD_AGAIN:
		return WORKLOAD_AGAIN;
	case FORWARD_OTHER:
		return WORKLOAD_OTHER;
	default:
		return WORKLOAD_NOTHING;
	}
}

enum workload_event workload_time(struct workload *w, uint64_t now)
{
	if (!w->due_ns || now < w->due_ns)
		return WORKLOAD_NOTHING;
	if (!w->child.pid || w->exited || w->stage == WORKLOAD_KILLED) {
		w->due_ns = 0;
		return WORKLOAD_TIMEOUT;
	}
	send_signal(w, w->stage == WORKLOAD_RUNS ? SIGTERM : SIGKILL);
	w->stage++;
	w->due_ns = now + GRACE * SECOND;
	return WORKLOAD_NOTHING;
}

void workload_note_rest(struct workload *w, uint64_t now)
{
	if (!w->note_ns || now < w->note_ns)
		return;
	w->note_ns = 0;
	message_note("the command has exited, but processes that it started "
		     "still run: waiting for them (-t SECONDS or a signal "
		     "ends this)");
}

uint64_t workload_next(const struct workload *w)
{
	uint64_t due = w->due_ns ? w->due_ns : UINT64_MAX;

	return w->note_ns && w->note_ns < due ? w->note_ns : due;
}

void workload_kill(struct workload *w)
{
	if (w->exited)
		return;
	send_signal(w, SIGKILL);
	reap(w, 0);
}

void workload_note(const struct workload *w)
{
	if (w->status > 0)
		message_note("the command exited with %d", w->status);
	if (w->status < 0)
		message_note("the command was killed by SIG%s",
			     sigabbrev_np(-w->status));
}

int workload_patience(uint64_t next, uint64_t now)
{
	uint64_t ms;

	if (next == UINT64_MAX)
		return -1;
	ms = next > now ? (next - now + 999999) / 1000000 : 0;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}
