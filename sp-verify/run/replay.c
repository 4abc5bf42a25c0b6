/* SPDX-License-Identifier: Apache-2.0 */
#include "run/replay.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "process/describe.h"
#include "run/outcome.h"

struct picked {
	const struct run **runs;
	size_t n;
};

static bool is_picked(const struct run *run, const char *pick)
{
	char id[RUN_ID_HEX];

	return !pick || !strcmp(run->name, pick) ||
	       (*pick && !strncmp(run_id_hex(run, id), pick, strlen(pick)));
}

static bool same_texts(char **a, char **b)
{
	for (; *a && *b; a++, b++)
		if (strcmp(*a, *b))
			return false;
	return !*a && !*b;
}

/*
 * Whether two runs have the same command line, working directory and user. Both
 * must have a command line.
 */
static bool same_command(const struct run *a, const struct run *b)
{
	return same_texts(a->argv, b->argv) && !strcmp(a->cwd, b->cwd) &&
	       a->uid == b->uid && a->gid == b->gid &&
	       a->n_groups == b->n_groups &&
	       (!a->n_groups || !memcmp(a->groups, b->groups,
					a->n_groups * sizeof(*a->groups)));
}

static int compare_runs(const void *a, const void *b)
{
	const struct run *const *x = a, *const *y = b;

	if ((*x)->start_ns != (*y)->start_ns)
		return (*x)->start_ns < (*y)->start_ns ? -1 : 1;
	return memcmp((*x)->id, (*y)->id, RUN_ID_SIZE);
}

/*
 * Picks the runs. Returns false if it printed and latched an error: a picked
 * run has no command line, for example.
 */
static bool pick_runs(const struct trace *t, const char *pick,
		      struct picked *p)
{
	char id[RUN_ID_HEX];
	bool ok = true;

	p->runs = xcalloc(t->n_runs + 1, sizeof(*p->runs));
	for (size_t i = 0; i < t->n_runs; i++) {
		const struct run *run = t->runs[i];

		if (!is_picked(run, pick))
			continue;
		p->runs[p->n++] = run;
		if (run->argv && run->argv[0])
			continue;
		message_error("run %s: recorded without its command line",
			      run_id_hex(run, id));
		ok = false;
	}
	qsort(p->runs, p->n, sizeof(*p->runs), compare_runs);
	if (!p->n)
		message_error("no run is %s", pick ? pick : "in the trace");
	return ok && p->n;
}

static bool is_repetition(const struct picked *p, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (same_command(p->runs[j], p->runs[i]))
			return true;
	return false;
}

static int compare_groups(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool same_groups(const struct run *run, const gid_t *groups, size_t n)
{
	gid_t *a = xmemdup(groups, n * sizeof(*groups));
	gid_t *b = xcalloc(run->n_groups + 1, sizeof(*b));
	bool same;

	if (run->n_groups)
		memcpy(b, run->groups, run->n_groups * sizeof(*b));
	qsort(a, n, sizeof(*a), compare_groups);
	qsort(b, run->n_groups, sizeof(*b), compare_groups);
	same = n == run->n_groups && !memcmp(a, b, n * sizeof(*a));
	free(a);
	free(b);
	return same;
}

/*
 * Whether sp-verify already runs as the user of the run, so that no switch is
 * needed.
 */
static bool is_own_user(const struct run *run)
{
	int n = getgroups(0, NULL);
	gid_t *groups = xcalloc(n > 0 ? n : 1, sizeof(*groups));
	bool same;

	n = n > 0 ? getgroups(n, groups) : 0;
	same = run->uid == geteuid() && run->gid == getegid() && n >= 0 &&
	       same_groups(run, groups, n);
	free(groups);
	return same;
}

/*
 * Sets the limits of the run. Leaves out limits that setrlimit(2) would refuse,
 * and prints each of them once.
 */
static void set_limits(const struct run *run,
		       struct rlimit limits[static RLIM_NLIMITS])
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit now, raised;

		getrlimit(i, &now);
		limits[i] = now;
		if (i >= RUN_RLIMITS)
			continue;
		limits[i].rlim_cur = run->rlimits[i].soft;
		limits[i].rlim_max = run->rlimits[i].hard;
		raised = now;
		raised.rlim_max = limits[i].rlim_max;
		if (limits[i].rlim_max <= now.rlim_max)
			continue;
		if (setrlimit(i, &raised) == 0) {
			setrlimit(i, &now);
			continue;
		}
		message_note("resource limit %d (getrlimit(2)) cannot be "
			     "raised to what the run had", i);
	}
}

static void print_command(const struct run *run)
{
	char *line = xstrdup(""), *printable;

	for (char **arg = run->argv; *arg; arg++)
		text_append(&line, " ", *arg);
	printable = text_printable(line);
	message_note("replaying %s", printable);
	free(printable);
	free(line);
}

static void note_differences(const struct run *run)
{
	char *kernel = text_printable(run->kernel);
	struct utsname here;
	bool same = uname(&here) || !strcmp(run->kernel, here.release);

	message_note("not as recorded: the environment and stdin are those of "
		     "sp-verify%s%s%s", run_has_how(run, "attached") ? "; it was "
		     "attached to while it ran, and is started anew here" :
		     "", same ? "" : "; it ran on Linux ",
		     same ? "" : kernel);
	free(kernel);
}

/* Copies the recorded run with a new id. */
static void describe_again(const struct run *recorded,
			   const struct command_user *user, struct run *run)
{
	int error = describe_run(run, recorded->argv, recorded->name, user);

	if (error)
		message_fatal("cannot describe the run: %s",
			      strerror(-error));
	free(run->cwd);
	run->cwd = xstrdup(recorded->cwd);
	run->umask = recorded->umask;
	memcpy(run->rlimits, recorded->rlimits, sizeof(run->rlimits));
	describe_append(&run->how, "command");
}

static void report_not_run(const struct picked *p, size_t next)
{
	size_t n = 0;

	for (size_t i = next; i < p->n; i++)
		n += !is_repetition(p, i);
	if (n)
		message_error("ended by a signal: %zu more command%s not "
			      "replayed", n, n == 1 ? " was" : "s were");
}

static bool replay_run(const struct run *recorded, int stdout_fd,
		       const struct live_options *o, struct report *report)
{
	struct rlimit limits[RLIM_NLIMITS];
	struct command_user user = {
		.uid = recorded->uid, .gid = recorded->gid,
		.groups = recorded->groups, .n_groups = recorded->n_groups,
	};
	mode_t mask = recorded->umask;
	struct command command = {
		.argv = recorded->argv, .cwd = recorded->cwd, .umask = &mask,
		.user = is_own_user(recorded) ? NULL : &user,
		.limits = limits, .stdout_fd = stdout_fd,
	};
	struct live_result result;
	struct run run = { 0 };
	bool ok;

	print_command(recorded);
	note_differences(recorded);
	set_limits(recorded, limits);
	describe_again(recorded, &user, &run);
	ok = live_run(o, &command, &run, report, &result);
	if (ok && o->enforce)
		outcome_compare(recorded, &result, report);
	run_free(&run);
	return ok;
}

bool replay(const struct trace *t, const char *pick, int stdout_fd,
	    const struct live_options *o, struct report *report)
{
	struct picked p = { NULL, 0 };
	bool ok = pick_runs(t, pick, &p);
	size_t i;

	for (i = 0; ok && i < p.n && !forward_has_come(o->forward); i++)
		if (!is_repetition(&p, i))
			ok = replay_run(p.runs[i], stdout_fd, o, report);
	if (ok)
		report_not_run(&p, i);
	free(p.runs);
	return ok;
}
