/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --oci-hook: a runtime runs it before it starts the container's program, with
 * the container's state on stdin, and waits for its exit.
 */
#include <limits.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attend.h"
#include "base/input.h"
#include "base/memory.h"
#include "journal.h"
#include "mode.h"
#include "process/container.h"
#include "request.h"

enum { STATE_MAX = 1 << 20, STATUS_STOP = 1 };

/*
 * Closes descriptors that a runtime left open. The attending process would keep
 * them open as long as the container runs.
 */
static void close_inherited(void)
{
	syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
}

static char *read_subject(struct subject *s)
{
	char *problem = NULL, *state;
	size_t n;

	state = input_read(stdin, STATE_MAX, &n);
	if (!state || n > STATE_MAX)
		problem = xstrdup("the state on stdin cannot be read, or has "
				  "more than 1 MiB");
	else
		subject_read(s, state, n, &problem);
	free(state);
	return problem;
}

/*
 * Returns how long to wait for the runtime's version: a quarter of the time for
 * which the container waits for the recorder. A runtime in Go takes 20 ms to
 * print it, and much more on a busy machine.
 */
static unsigned int version_ms(const struct container_options *o)
{
	enum { DEFAULT_MS = 250, LONGEST_MS = 10000 };
	double ms = o->patience * DEFAULT_MS;

	if (!(ms > 0))
		return DEFAULT_MS;
	return ms < 1 ? 1 : ms > LONGEST_MS ? LONGEST_MS : ms;
}

/*
 * Returns "runc 1.1.5", which the caller frees. Returns NULL if our parent is
 * not a known runtime.
 */
static char *runtime_version(const struct container_options *o)
{
	static const char *const known[] = { "runc", "crun", "youki" };
	char *path = xasprintf("/proc/%d/exe", getppid()), *text = NULL;
	char file[PATH_MAX];
	ssize_t n = readlink(path, file, sizeof(file) - 1);
	const char *name;

	file[n > 0 ? n : 0] = '\0';
	name = strrchr(file, '/') ? strrchr(file, '/') + 1 : "";
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!text && !strcmp(name, known[i]))
			text = container_engine_version(name, path,
							version_ms(o));
	free(path);
	return text;
}

/*
 * Starts the recording. If that succeeds, notes it in the journal and returns
 * NULL. Otherwise returns the reason for the failure.
 */
static char *record(struct subject *s, const struct container_options *o,
		    bool *required)
{
	const char *name = s->name ? s->name : s->id;
	struct request r;
	char *problem;

	if (request_read(&r, s, o, &problem) && !r.refused) {
		s->runtime = runtime_version(o);
		problem = attend(s, &r, o);
		if (!problem)
			journal_note("container %s: recording", name);
	} else if (!problem) {
		journal_note("container %s: not recorded: its annotation says "
			     "so", name);
	}
	*required = r.required;
	request_free(&r);
	return problem;
}

/*
 * Stops the container after a failure only if an annotation requires the
 * recording.
 */
int hook_mode(const struct container_options *o)
{
	struct subject s = { 0 };
	bool required = false, stop;
	char *problem;

	close_inherited();
	journal_open(o->log);
	problem = read_subject(&s);
	if (!problem)
		problem = record(&s, o, &required);
	if (problem)
		journal_note("container %s: not recorded%s: %s",
			     s.name ? s.name : s.id ? s.id : "(unknown)",
			     required ? ", and therefore not started" : "",
			     problem);
	stop = problem && required;
	free(problem);
	subject_free(&s);
	return stop ? STATUS_STOP : 0;
}
