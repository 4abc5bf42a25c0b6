/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/options.h"
#include "container/mode.h"
#include "live.h"
#include "log.h"
#include "machine.h"
#include "process/describe.h"
#include "process/unwind.h"

static char *set_seconds(const struct option_row *row, void *to,
			 const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	(void)row;
	if (end == text || *end || !(seconds > 0) || seconds > 1e9)
		return xstrdup("not a number of seconds");
	((struct options *)to)->recording.seconds = seconds;
	return NULL;
}

static char *set_buffer(const struct option_row *row, void *to,
			const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	(void)row;
	if (!isdigit((unsigned char)*text) || *end || !n || n > LOG_EVENTS_MAX)
		return xasprintf("not a number of events from 1 to %d",
				 LOG_EVENTS_MAX);
	((struct options *)to)->buffer = n;
	return NULL;
}

static char *set_ready_fd(const struct option_row *row, void *to,
			  const char *text)
{
	char *end;
	unsigned long fd = strtoul(text, &end, 10);

	(void)row;
	if (!isdigit((unsigned char)*text) || *end || fd > INT_MAX ||
	    fd <= STDERR_FILENO || fcntl(fd, F_SETFD, FD_CLOEXEC))
		return xstrdup("not an open descriptor above 2");
	((struct options *)to)->recording.ready_fd = fd;
	return NULL;
}

static char *set_mark(const struct option_row *row, void *to, const char *arg)
{
	char *problem;

	(void)row;
	return mark_add(&((struct options *)to)->tracer.marks, arg,
			&problem) ? NULL : problem;
}

static char *set_quiet(const struct option_row *row, void *to,
		       const char *text)
{
	struct options *o = to;
	double before = o->recording.seconds;
	char *problem = set_seconds(row, to, text);

	if (problem)
		return problem;
	o->recording.until.quiet = o->recording.seconds;
	o->recording.seconds = before;
	return NULL;
}

/* Parses "5%". */
static char *set_risk(const struct option_row *row, void *to,
		      const char *share)
{
	char *end;
	double percent = strtod(share, &end);

	(void)row;
	if (!isdigit((unsigned char)*share) || strcmp(end, "%") ||
	    !(percent > 0 && percent < 100))
		return xstrdup("not a percentage above 0 and below 100, such "
			       "as 5%");
	((struct options *)to)->recording.until.risk = percent / 100;
	return NULL;
}

static char *set_split(const struct option_row *row, void *to, const char *arg)
{
	struct split *split = &((struct options *)to)->tracer.split;
	char *problem;

	(void)row;
	if (split->how)
		return xstrdup("given twice");
	return split_set(split, arg, &problem) ? NULL : problem;
}

static char *set_method(const struct option_row *row, void *to,
			const char *name)
{
	struct options *o = to;

	(void)row;
	if (!strcmp(name, "bpf"))
		o->method = METHOD_BPF;
	else if (!strcmp(name, "notify"))
		o->method = METHOD_NOTIFY;
	else
		return xstrdup("not bpf or notify");
	return NULL;
}

static char *set_label(const struct option_row *row, void *to, const char *arg)
{
	(void)row;
	return describe_label(&((struct options *)to)->run, arg) ? NULL :
		xstrdup("not KEY=VALUE");
}

static char *set_every(const struct option_row *row, void *to,
		       const char *value)
{
	(void)row, (void)value;
	((struct options *)to)->tracer.log_events = LOG_EVENTS_DEFAULT;
	return NULL;
}

/*
 * Exits on failure: a missing library is not an error in the command line, so
 * the message must not mention --help.
 */
static char *set_stacks(const struct option_row *row, void *to,
			const char *value)
{
	(void)row, (void)value;
	if (!unwind_load())
		message_fatal("--stacks: install libdw (elfutils), which "
			      "unwinds stacks");
	if (!machine_sees_pids())
		message_fatal("--stacks: run sp-record outside of PID "
			      "namespaces, whose process ids differ from "
			      "the kernel's");
	((struct options *)to)->tracer.stacks = true;
	return NULL;
}

/*
 * Adds a target. A target that does not exist yet is not an error in the
 * command line.
 */
static void add_target(struct options *o, const char *arg,
		       bool (*set)(struct target *, const char *, char **))
{
	char *problem = NULL;

	if (o->n_targets == TARGETS_MAX)
		message_usage("more than %d targets", TARGETS_MAX);
	o->targets = xgrow(o->targets, o->n_targets, sizeof(*o->targets));
	o->targets[o->n_targets] = (struct target){ 0 };
	if (!set(&o->targets[o->n_targets++], arg, &problem))
		message_fatal("%s", problem);
}

static char *set_pids(const struct option_row *row, void *to, const char *arg)
{
	(void)row;
	add_target(to, arg, target_set_pids);
	return NULL;
}

static char *set_cgroup(const struct option_row *row, void *to,
			const char *arg)
{
	(void)row;
	add_target(to, arg, target_set_cgroup);
	return NULL;
}

static char *set_unit(const struct option_row *row, void *to, const char *arg)
{
	(void)row;
	add_target(to, arg, target_set_unit);
	return NULL;
}

static char *set_container(const struct option_row *row, void *to,
			   const char *arg)
{
	(void)row;
	add_target(to, arg, target_set_container);
	return NULL;
}

static char *set_engine(const struct option_row *row, void *to,
			const char *arg)
{
	struct options *o = to;

	(void)arg;
	if (o->engine && o->engine != row->name)
		message_usage("--%s cannot be combined with --%s", row->name,
			      o->engine);
	o->engine = row->name;
	return NULL;
}

static char *set_runtime(const struct option_row *row, void *to,
			 const char *arg)
{
	if (!*arg)
		return xstrdup("not the name of a runtime");
	((struct options *)to)->runtime = arg;
	return set_engine(row, to, arg);
}

static char *set_nri(const struct option_row *row, void *to, const char *arg)
{
	((struct options *)to)->socket = arg ? arg : NRI_SOCKET;
	return set_engine(row, to, arg);
}

static char *set_select(const struct option_row *row, void *to,
			const char *arg)
{
	struct container_options *c = &((struct options *)to)->container;

	(void)row;
	if (!*arg || *arg == '=')
		return xstrdup("not KEY or KEY=PATTERN");
	c->selects = xgrow(c->selects, c->n_selects, sizeof(*c->selects));
	c->selects[c->n_selects++] = arg;
	return NULL;
}

static char *set_allowed(const struct option_row *row, void *to,
			 const char *arg)
{
	struct container_options *c = &((struct options *)to)->container;

	(void)row;
	if (*arg != '/')
		return xstrdup("not an absolute path");
	c->allowed = xgrow(c->allowed, c->n_allowed, sizeof(*c->allowed));
	c->allowed[c->n_allowed++] = arg;
	return NULL;
}

/*
 * Makes the path absolute, since programs that write to it have other working
 * directories.
 */
static char *set_log(const struct option_row *row, void *to, const char *path)
{
	struct options *o = to;
	char *here = *path == '/' ? NULL : getcwd(NULL, 0);

	(void)row;
	if (*path != '/' && !here)
		return xasprintf("the working directory: %s", strerror(errno));
	o->container.log = here ? xasprintf("%s/%s", here, path) : path;
	free(here);
	return NULL;
}

static char *set_patience(const struct option_row *row, void *to,
			  const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	(void)row;
	if (end == text || *end || !(seconds > 0) || seconds > 3600)
		return xstrdup("not a number of seconds up to 3600");
	((struct options *)to)->container.patience = seconds;
	return NULL;
}

/* Modes of sp-record. An option has a bit for each mode that accepts it. */
enum {
	COMMAND = 1 << 0, PIDS = 1 << 1, GROUPS = 7 << 2, UNITS = 1 << 3,
	HOOK = 1 << 5, RUNTIME = 1 << 6, NRI = 1 << 7,
	ENGINES = HOOK | RUNTIME | NRI,
	ATTACHED = PIDS | GROUPS,
	RECORDINGS = COMMAND | ATTACHED,
};
static const char *const modes[] = { "a command", "--pid", "--cgroup",
				     "--unit", "--container", "--oci-hook",
				     "--oci-runtime", "--nri" };
enum { N_MODES = sizeof(modes) / sizeof(modes[0]) };

static const struct option_row rows[] = {
	{ "pid", 'p', "PID,...",
	  "attach to processes, and to all that they have started",
	  .set = set_pids },
	{ "cgroup", 0, "PATH",
	  "attach to a cgroup, those below it, and all that join",
	  .set = set_cgroup },
	{ "unit", 0, "NAME", "attach to a unit of systemd", .set = set_unit },
	{ "restart", 0, NULL,
	  "with --unit: restart the units, or start them",
	  OPTION_FLAG(struct options, restart), .modes = UNITS },
	{ "reload", 0, NULL,
	  "with --unit: then reload the units",
	  OPTION_FLAG(struct options, reload), .modes = UNITS },
	{ "container", 0, "ID",
	  "attach to a container of runc, crun, podman, docker,\n"
	  "containerd or CRI-O",
	  .set = set_container },
	{ "oci-hook", 0, NULL,
	  "be a hook of an OCI runtime: record the container whose\n"
	  "state is on stdin; see sandprint-containers(7)",
	  .set = set_engine },
	{ "oci-runtime", 0, "RUNTIME",
	  "run RUNTIME with the words after -- as its arguments,\n"
	  "and have it record the containers that it creates",
	  .set = set_runtime },
	{ "nri", 0, "[SOCKET]",
	  "be a plugin of containerd or CRI-O, and record the\n"
	  "containers whose annotations or labels ask for it",
	  .set = set_nri },
	{ "select", 0, "KEY[=PATTERN]",
	  "also record containers with this label or annotation",
	  .set = set_select, .modes = NRI },
	{ "directory", 0, "DIR",
	  "streams go to DIR; default: " CONTAINER_DIRECTORY,
	  OPTION_TEXT(struct options, container.directory), .modes = ENGINES },
	{ "allow-dir", 0, "DIR",
	  "annotations may also name files below DIR", .set = set_allowed,
	  .modes = ENGINES },
	{ "allow-every", 0, NULL,
	  "annotations may ask for --every",
	  OPTION_FLAG(struct options, container.allow_every),
	  .modes = ENGINES },
	{ "patience", 0, "SECONDS",
	  "the longest wait for the recorder (default: 1)",
	  .set = set_patience, .modes = ENGINES },
	{ "log", 0, "FILE", "append a line to FILE for each container",
	  .set = set_log, .modes = ENGINES },
	{ "keep", 0, NULL,
	  "continue without any process, until a signal or -t",
	  OPTION_FLAG(struct options, recording.keep), .modes = ATTACHED },
	{ "from-exec", 0, NULL,
	  "record each process from the next program that it\n"
	  "executes", OPTION_FLAG(struct options, tracer.from_exec),
	  .modes = ATTACHED },
	{ "output", 'o', "FILE",
	  "write to FILE; default: stdout, and COMMAND's stdout\n"
	  "is then stderr", OPTION_TEXT(struct options, output),
	  .modes = RECORDINGS },
	{ "time", 't', "SECONDS",
	  "end after SECONDS: SIGTERM to COMMAND, then SIGKILL;\n"
	  "processes that were attached to get no signal", .set = set_seconds },
	{ "user", 'u', "USER", "run COMMAND as USER",
	  OPTION_TEXT(struct options, user), .modes = COMMAND },
	{ "leader", 0, NULL,
	  "end when COMMAND exits, even if others still run",
	  OPTION_FLAG(struct options, recording.leader), .modes = COMMAND },
	{ "no-follow", 0, NULL,
	  "COMMAND's own threads only, not its children",
	  OPTION_FLAG(struct options, tracer.no_follow),
	  .modes = COMMAND | PIDS },
	{ "every", 0, NULL,
	  "write each call as an event too, with time, task and\n"
	  "arguments: sp-emit --ndjson", .set = set_every },
	{ "exact-times", 0, NULL,
	  "with --every: read the clock for each call, even if\n"
	  "many calls come fast", OPTION_FLAG(struct options, tracer.exact_times) },
	{ "results", 0, NULL,
	  "with --every: also what each call returned and how long\n"
	  "it took, and with --paths the paths of descriptors:\n"
	  "sp-emit --strace",
	  OPTION_FLAG(struct options, tracer.results) },
	{ "buffer", 0, "N",
	  "room for N events on each CPU (default: 131072)",
	  .set = set_buffer },
	{ "paths", 0, NULL,
	  "also record paths and addresses of sockets that are\n"
	  "passed to calls", OPTION_FLAG(struct options, tracer.paths) },
	{ "stacks", 0, NULL,
	  "also record the functions that first make each call, for\n"
	  "sp-emit --explain", .set = set_stacks },
	{ "privileges", 0, NULL,
	  "also record used capabilities, namespaces and modes of\n"
	  "files, for sp-emit --harden",
	  OPTION_FLAG(struct options, tracer.privileges) },
	{ "mark", 0, "NAME[=WHAT]",
	  "begin a phase NAME when a thread takes the name NAME,\n"
	  "or by WHAT: the first call of that name (listen),\n"
	  "SIGUSR1 or SIGUSR2 to sp-record, or comm:NAME;\n"
	  "sp-emit --from", .set = set_mark, .modes = RECORDINGS },
	{ "split", 0, "HOW",
	  "divide the recording into runs: children (each child of\n"
	  "COMMAND), exec:PATTERN (each execution of such a\n"
	  "program) or mark:FIFO (a name written there begins a\n"
	  "run); see sandprint-runs(7)",
	  .set = set_split, .modes = COMMAND },
	{ "until-quiet", 0, "SECONDS",
	  "end, as with -t, after SECONDS without a new call",
	  .set = set_quiet, .modes = RECORDINGS },
	{ "until-risk", 0, "N%",
	  "with --split: end when at most N % of more runs would\n"
	  "make a new call",
	  .set = set_risk, .modes = COMMAND },
	{ "method", 0, "METHOD",
	  "bpf or notify; default: notify where BPF programs may\n"
	  "not be loaded; see sandprint-notify(7)", .set = set_method,
	  .modes = RECORDINGS },
	{ "known", 0, "FILE",
	  "with --method=notify: do not record, or slow down, calls\n"
	  "of FILE, which is a stream or a profile",
	  OPTION_TEXT(struct options, known), .modes = COMMAND },
	{ "name", 0, "NAME", "the run's name; default: the command line",
	  OPTION_TEXT(struct options, name), .modes = RECORDINGS },
	{ "label", 0, "KEY=VALUE",
	  "a label for the run; can be given more than once",
	  .set = set_label },
	{ "no-argv", 0, NULL, "leave the command line out of the stream",
	  OPTION_FLAG(struct options, no_argv) },
	{ "progress", 0, NULL,
	  "show a live line on stderr; this is the default when\n"
	  "attaching on a terminal",
	  OPTION_FLAG(struct options, recording.progress),
	  .modes = RECORDINGS },
	{ "live", 0, NULL,
	  "show a full-screen view on the terminal of stderr: calls\n"
	  "by rate, and new ones; q ends the recording, m is a mark",
	  OPTION_FLAG(struct options, live), .modes = ATTACHED },
	{ "ready-fd", 0, "N",
	  "write a byte to descriptor N when attached, or at the\n"
	  "first --mark of COMMAND, and close it",
	  .set = set_ready_fd, .modes = RECORDINGS },
	{ "quiet", 'q', NULL, "print no summary and no notes",
	  OPTION_FLAG(struct options, recording.quiet), .modes = RECORDINGS },
};

static const struct option_table table = {
	.usage =
"Usage: sp-record [OPTION...] [--] COMMAND [ARGUMENT...]\n"
"       sp-record [OPTION...] {-p PID[,PID...] | --cgroup=PATH | --unit=NAME |\n"
"                              --container=ID} ...\n"
"       sp-record [OPTION...] {--oci-hook | --nri[=SOCKET] |\n"
"                              --oci-runtime=RUNTIME -- ARGUMENT...}\n"
"Run COMMAND, or attach to running processes, and write the system calls of the\n"
"process tree as a stream.\n",
	.rows = rows, .n_rows = sizeof(rows) / sizeof(rows[0]),
	.end =
"Exits with COMMAND's status, 128+N when signal N killed it, 125 on a failure\n"
"of sp-record, 126 when COMMAND cannot be executed, 127 when it is not found;\n"
"attached, with 0 or 125.\n",
	.operands = OPERANDS_COMMAND,
};

static void check_target(const struct options *o)
{
	if (o->engine && (o->n_targets || (o->command && !o->runtime)))
		message_usage("--%s cannot be combined with %s%s", o->engine,
			      o->n_targets ? "--" : "a command: ",
			      o->n_targets ? o->targets->how : *o->command);
	if (o->engine)
		return;
	if (!o->n_targets && !o->command)
		message_usage("no command given");
	if (o->n_targets && o->command)
		message_usage("--%s cannot be combined with a command: %s",
			      o->targets->how, *o->command);
	if (o->tracer.split.how && o->tracer.marks.n)
		message_usage("--split cannot be combined with --mark");
	if (o->recording.until.risk && !o->tracer.split.how)
		message_usage("--until-risk is only for --split");
	if (o->tracer.split.how && o->tracer.no_follow)
		message_usage("--split cannot be combined with --no-follow");
	if (o->n_targets > 1 && o->tracer.marks.n)
		message_usage("--mark cannot be combined with several targets");
	if (o->n_targets > 1 && o->tracer.log_events)
		message_usage("--every cannot be combined with several targets");
}

/* Returns the bit in `modes` of a mode, named without "--". */
static unsigned int mode_of(const char *name)
{
	unsigned int mode = N_MODES;

	while (--mode && strcmp(modes[mode] + 2, name))
		;
	return mode;
}

static void pass_on(struct options *o, const char *name, const char *value)
{
	char *text = value ? xasprintf("%s=%s", name, value) : xstrdup(name);

	describe_append(&o->container.recording, text);
	free(text);
}

/* Lists the options for the recordings that an engine starts. */
static void pass_options_on(struct options *o)
{
	char number[32];

	o->container.recording = xcalloc(1, sizeof(char *));
	if (o->tracer.paths)
		pass_on(o, "--paths", NULL);
	if (o->tracer.privileges)
		pass_on(o, "--privileges", NULL);
	if (o->tracer.stacks)
		pass_on(o, "--stacks", NULL);
	if (o->no_argv)
		pass_on(o, "--no-argv", NULL);
	if (o->tracer.exact_times)
		pass_on(o, "--exact-times", NULL);
	if (o->tracer.results)
		pass_on(o, "--results", NULL);
	if (o->tracer.log_events) {
		pass_on(o, "--every", NULL);
		snprintf(number, sizeof(number), "%zu", o->tracer.log_events);
		pass_on(o, "--buffer", number);
	}
	if (o->recording.seconds > 0) {
		snprintf(number, sizeof(number), "%.9g", o->recording.seconds);
		pass_on(o, "--time", number);
	}
	for (size_t i = 0; i < o->run.n_labels; i++) {
		char *label = xasprintf("%s=%s", o->run.labels[i].key,
					o->run.labels[i].value);

		pass_on(o, "--label", label);
		free(label);
	}
}

const char *options_need_bpf(const struct options *o)
{
	const struct {
		bool given;
		const char *name;
	} options[] = {
		{ o->tracer.no_follow, "no-follow" },
		{ o->tracer.log_events, "every" },
		{ o->tracer.paths, "paths" },
		{ o->tracer.privileges, "privileges" },
		{ o->tracer.stacks, "stacks" },
		{ o->tracer.marks.n, "mark" },
		{ o->tracer.split.how, "split" },
		{ o->recording.until.quiet > 0, "until-quiet" },
		{ o->recording.progress, "progress" },
		{ o->n_targets, o->n_targets ? o->targets->how : "" },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].given)
			return options[i].name;
	return NULL;
}

static void check_method(const struct options *o)
{
	const char *name = options_need_bpf(o);

	if (o->method == METHOD_NOTIFY && name)
		message_usage("--method=notify cannot be combined with --%s, "
			      "which needs BPF%s", name, !strcmp(name, "paths") ?
			      ": a filter is asked before the kernel reads a "
			      "path, which another thread can change until "
			      "then, and is not told whether the call "
			      "succeeded" : "");
	if (o->known && o->method != METHOD_NOTIFY)
		message_usage("--known is only for --method=notify");
}

/* Refuses options without the target or command that they need. */
static void check_modes(const struct options *o, const struct option_line *line)
{
	if (!o->n_targets)
		options_check_mode(&table, line, modes, N_MODES,
				   o->engine ? mode_of(o->engine) : 0);
	for (size_t i = 0; i < o->n_targets; i++)
		options_check_mode(&table, line, modes, N_MODES,
				   mode_of(o->targets[i].how));
}

void options_read(struct options *o, int argc, char **argv)
{
	struct option_line line;

	options_parse(&table, argc, argv, o, &line);
	o->command = line.command;
	check_target(o);
	check_modes(o, &line);
	if (o->buffer && !o->tracer.log_events)
		message_usage("--buffer is only for --every");
	if (o->live && o->recording.quiet)
		message_usage("--live cannot be combined with --quiet");
	if (o->live)
		live_check();
	if (o->live && !o->tracer.marks.n && o->n_targets == 1)
		mark_add_keys(&o->tracer.marks);
	if (o->tracer.results && !o->tracer.log_events)
		message_usage("--results is only for --every");
	if (o->tracer.exact_times && !o->tracer.log_events)
		message_usage("--exact-times is only for --every");
	if (o->buffer)
		o->tracer.log_events = o->buffer;
	check_method(o);
	if (o->engine)
		pass_options_on(o);
}
