/* SPDX-License-Identifier: Apache-2.0 */
#include "job.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "process/capture.h"
#include "process/command.h"

struct job {
	const char *verb;
	char *unit;
	uint64_t after_ns;
};

struct jobs {
	struct job *at;
	size_t n, next;
	/* The running job, which is the one before `next`. pid 0: none runs. */
	struct command_child child;
	uint64_t due_ns;		/* when `next` is due; 0: immediately */
	bool failed;			/* whether a job failed */
};

struct jobs *jobs_new(void)
{
	return xcalloc(1, sizeof(struct jobs));
}

void jobs_free(struct jobs *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < j->n; i++)
		free(j->at[i].unit);
	if (j->child.pid)
		close(j->child.pidfd);
	free(j->at);
	free(j);
}

void jobs_add(struct jobs *j, const char *verb, const char *unit,
	      uint64_t after_ns)
{
	j->at = xgrow(j->at, j->n, sizeof(*j->at));
	j->at[j->n++] = (struct job){ verb, xstrdup(unit), after_ns };
}

static void report(struct jobs *j, const struct job *job, int status)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return;
	j->failed = true;
	message_note("systemctl %s %s failed; see systemctl status %s",
		     job->verb, job->unit, job->unit);
}

/* Returns false while the job is running. */
static bool reap(struct jobs *j)
{
	int status;

	if (!j->child.pid)
		return true;
	if (waitpid(j->child.pid, &status, WNOHANG) != j->child.pid)
		return false;
	close(j->child.pidfd);
	j->child.pid = 0;
	report(j, &j->at[j->next - 1], status);
	return true;
}

static void start(struct jobs *j)
{
	struct job *job = &j->at[j->next++];
	char *argv[] = {
		"systemctl", (char *)job->verb, "--", job->unit, NULL,
	};
	sigset_t none;
	struct command command = {
		.argv = argv, .mask = &none, .stdout_fd = STDERR_FILENO,
		.sigpipe_default = true,
	};
	const char *what;
	int error;

	sigemptyset(&none);
	if (!command_start(&command, &j->child) &&
	    command_result(&j->child, &error, &what) == COMMAND_STARTED)
		return;
	j->child.pid = 0;
	j->failed = true;
	message_note("systemctl %s %s cannot be run", job->verb, job->unit);
}

void jobs_run(struct jobs *j, uint64_t now_ns)
{
	while (j && reap(j) && j->next < j->n) {
		if (!j->due_ns)
			j->due_ns = now_ns + j->at[j->next].after_ns;
		if (now_ns < j->due_ns)
			return;
		j->due_ns = 0;
		start(j);
	}
}

int jobs_fd(const struct jobs *j)
{
	return j && j->child.pid ? j->child.pidfd : -1;
}

uint64_t jobs_due(const struct jobs *j)
{
	return j && !j->child.pid ? j->due_ns : 0;
}

bool jobs_done(const struct jobs *j)
{
	return !j || (j->next == j->n && !j->child.pid);
}

bool jobs_failed(const struct jobs *j)
{
	return j && j->failed;
}

bool unit_is_stopped(const char *unit)
{
	char *argv[] = {
		"systemctl", "show", "--property=ActiveState", "--value", "--",
		(char *)unit, NULL,
	};
	enum { PATIENCE_MS = 500 };
	char *state;
	bool stopped;

	/*
	 * This waits for systemctl, since the recorder has nothing else to do.
	 */
	errno = 0;
	state = capture_output_within(argv, PATIENCE_MS);
	stopped = state ? !strcmp(state, "inactive\n") ||
		!strcmp(state, "failed\n") : errno != ETIMEDOUT;
	free(state);
	return stopped;
}
