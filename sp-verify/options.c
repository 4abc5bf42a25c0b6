/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/options.h"

#define BIT(mode) (1U << MODE_##mode)

enum {
	RECORDINGS = BIT(SIMULATE) | BIT(SCORE) | BIT(LANDLOCK),
	COMMANDS = BIT(RUN) | BIT(LANDLOCK_RUN),
	RUNS = COMMANDS | BIT(REPLAY),
	LISTS = BIT(SIMULATE) | BIT(RUN) | BIT(REPLAY) | BIT(AUDIT),
	PROFILES = LISTS | BIT(SCORE),
	LANDLOCKS = BIT(LANDLOCK) | BIT(LANDLOCK_RUN),
};

static const char *const mode_names[MODE_COUNT] = {
	[MODE_SIMULATE] = "recordings",
	[MODE_RUN] = "a command",
	[MODE_REPLAY] = "--replay",
	[MODE_AUDIT] = "--audit",
	[MODE_SCORE] = "--score",
	[MODE_LANDLOCK] = "--landlock with recordings",
	[MODE_LANDLOCK_RUN] = "--landlock with a command",
};

/* Returns 0 if the text is not a number from 1 to INT32_MAX. */
static uint32_t parse_number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	return *text < '0' || *text > '9' || *end || value > INT32_MAX ? 0 :
		value;
}

static char *set_profile(const struct option_row *row, void *to,
			 const char *path)
{
	struct filter_source *s = &((struct options *)to)->source;

	(void)row;
	s->profiles = xgrow(s->profiles, s->n_profiles, sizeof(char *));
	s->profiles[s->n_profiles++] = path;
	return NULL;
}

static char *set_pid(const struct option_row *row, void *to, const char *text)
{
	struct options *o = to;

	(void)row;
	o->source.pid = parse_number(text);
	return o->source.pid ? NULL : xstrdup("not a process id");
}

static char *set_timeout(const struct option_row *row, void *to,
			 const char *text)
{
	struct options *o = to;

	(void)row;
	o->timeout = parse_number(text);
	return o->timeout ? NULL : xstrdup("not a number of seconds");
}

static char *set_loader(const struct option_row *row, void *to,
			const char *name)
{
	struct options *o = to;

	(void)row;
	o->source.loader = loader_by_name(name);
	return o->source.loader ? NULL :
		xstrdup("not libseccomp, runc, runc-1.1.14, crun or systemd");
}

static char *set_audit(const struct option_row *row, void *to, const char *log)
{
	struct options *o = to;

	(void)row;
	o->audit = true;
	o->log = log;
	return NULL;
}

static const struct option_row rows[] = {
	{ "profile", 'p', "FILE",
	  "judge by this profile, of the OCI, docker, podman,\n"
	  "Kubernetes, minijail, firejail or systemd, or a raw\n"
	  "filter; several profiles are in force together",
	  set_profile, .modes = PROFILES },
	HOST_OPTIONS(struct options, source.host, PROFILES),
	{ "pid", 0, "PID",
	  "judge by the filters of that process, before -p",
	  set_pid, .modes = PROFILES },
	{ "as", 0, "LOADER",
	  "compile the profile as libseccomp (the default), runc,\n"
	  "runc-1.1.14 and older, crun or systemd does",
	  set_loader, .modes = PROFILES,
	  .choices = "libseccomp runc runc-1.1.14 crun systemd" },
	{ "landlock", 0, "FILE",
	  "judge by this policy, which sp-emit --landlock wrote",
	  OPTION_TEXT(struct options, landlock), .selects = LANDLOCKS },
	{ "score", 0, NULL,
	  "print how tight the profile is: the allowed calls, those\n"
	  "that were recorded, and what engines allow by default",
	  OPTION_FLAG(struct options, score), .selects = BIT(SCORE) },
	SELECTION_OPTIONS(struct options, selection, RECORDINGS),
	{ "replay", 0, NULL, "run the commands of the recordings again",
	  OPTION_FLAG(struct options, replay), .selects = BIT(REPLAY) },
	{ "run", 0, "ID", "with --replay: only the runs of this name or id",
	  OPTION_TEXT(struct options, run), .modes = BIT(REPLAY) },
	{ "user", 'u', "USER", "run COMMAND as USER",
	  OPTION_TEXT(struct options, user), .modes = COMMANDS },
	{ "enforce", 0, NULL,
	  "answer calls as the profile says; with --replay, print\n"
	  "how the outcome differs from the recorded one",
	  OPTION_FLAG(struct options, enforce), .modes = RUNS },
	{ "audit", 0, "[LOGFILE]",
	  "list the calls that the kernel logs, until ^C or -t, or\n"
	  "those in a log of auditd, dmesg or journalctl (- is stdin)",
	  set_audit, .selects = BIT(AUDIT) },
	{ "exe", 0, "GLOB", "with --audit: only executables whose path matches",
	  OPTION_TEXT(struct options, exe), .modes = BIT(AUDIT) },
	{ "unit", 0, "NAME",
	  "with --audit: only this systemd unit; not from a log",
	  OPTION_TEXT(struct options, unit), .modes = BIT(AUDIT) },
	{ "container", 0, "NAME",
	  "with --audit: only this container (name or id); not\n"
	  "from a log",
	  OPTION_TEXT(struct options, container), .modes = BIT(AUDIT) },
	{ "learn", 0, NULL,
	  "write the denied calls as a stream, for sp-merge; the\n"
	  "list goes to stderr",
	  OPTION_FLAG(struct options, learn), .modes = LISTS },
	{ "timeout", 't', "SECONDS",
	  "end the command, or --audit, after that time",
	  set_timeout, .modes = RUNS | BIT(AUDIT) },
	{ "time", 0, "SECONDS", NULL, set_timeout,
	  .modes = RUNS | BIT(AUDIT) },
	{ "output", 'o', "FILE",
	  "write the list or stream to FILE, whole or not at all",
	  OPTION_TEXT(struct options, output) },
	{ "json", 0, NULL, "write the list as a JSON array",
	  OPTION_FLAG(struct options, json) },
	{ "junit", 0, "FILE", "write a JUnit file as well, for a CI",
	  OPTION_TEXT(struct options, junit),
	  .modes = LISTS | LANDLOCKS },
	HARNESS_OPTION(struct options, harness, RECORDINGS),
	{ "from", 0, "MARK",
	  "only calls after a mark of sp-record --mark",
	  OPTION_TEXT(struct options, from), .modes = RECORDINGS },
	{ "until", 0, "MARK", "only calls before a mark",
	  OPTION_TEXT(struct options, until), .modes = RECORDINGS },
	{ "allow-partial", 0, NULL,
	  "accept recordings that lack calls",
	  OPTION_FLAG(struct options, partial),
	  .modes = RECORDINGS | BIT(REPLAY) },
};

static const struct option_table table = {
	.usage =
"Usage: sp-verify -p PROFILE... [OPTION...] [TRACE...]\n"
"       sp-verify -p PROFILE... [OPTION...] -- COMMAND [ARGUMENT...]\n"
"       sp-verify -p PROFILE... [OPTION...] --replay [TRACE...]\n"
"       sp-verify --pid=PID [OPTION...] [TRACE...]\n"
"       sp-verify --score -p PROFILE [OPTION...] [TRACE...]\n"
"       sp-verify --audit[=LOG] [-p PROFILE] [OPTION...]\n"
"       sp-verify --landlock=POLICY [OPTION...] [TRACE...]\n"
"       sp-verify --landlock=POLICY [OPTION...] -- COMMAND [ARGUMENT...]\n"
"List every call that a seccomp profile denies in recordings, in a command that\n"
"is run, or in a recorded command that is run again. --audit lists the calls\n"
"that the kernel logs under a profile in force. --landlock lists what a policy\n"
"denies to recorded paths and ports, or to a command that is run under it.\n"
"With no TRACE, or when TRACE is -, read stdin.\n",
	.rows = rows, .n_rows = sizeof(rows) / sizeof(rows[0]),
	.end =
"COMMAND's stdout goes to stderr, unless -o writes the list to a FILE.\n"
"Exit status: 0 no violation, 1 violations, 2 trouble; with --learn, 0 when\n"
"the stream was written.\n",
	.operands = OPERANDS_OR_COMMAND,
};

static enum mode_id choose_mode(const struct options *o)
{
	if (o->audit)
		return MODE_AUDIT;
	if (o->score)
		return MODE_SCORE;
	if (o->landlock)
		return o->command ? MODE_LANDLOCK_RUN : MODE_LANDLOCK;
	if (o->replay)
		return MODE_REPLAY;
	return o->command ? MODE_RUN : MODE_SIMULATE;
}

static bool is_stdin(const char *path)
{
	return path && !strcmp(path, "-");
}

/* Refuses more than one input from stdin. */
static void check_stdin(const struct options *o)
{
	const char *other = o->audit ? "log" : "recording";
	bool reads = !o->command && !o->audit && !o->n_traces && !o->score;
	size_t n = is_stdin(o->landlock);

	for (size_t i = 0; i < o->source.n_profiles; i++)
		n += is_stdin(o->source.profiles[i]);
	if (n > 1)
		message_usage("only one profile can be stdin");
	for (size_t i = 0; i < o->n_traces; i++)
		reads |= is_stdin(o->traces[i]);
	if (n && (reads || is_stdin(o->log)))
		message_usage("stdin cannot be both the profile and the %s",
			      other);
}

static void check_operands(const struct options *o)
{
	if (o->command && !(1U << o->mode & COMMANDS))
		message_usage("%s cannot be combined with a command",
			      mode_names[o->mode]);
	if (o->command && !*o->command)
		message_usage("no command after --");
	if (o->n_traces && 1U << o->mode & (COMMANDS | BIT(AUDIT)))
		message_usage("%s cannot be combined with recordings",
			      mode_names[o->mode]);
}

static void check_audit(const struct options *o)
{
	const char *live = o->unit ? "unit" : o->container ? "container" :
		o->timeout ? "timeout" : NULL;

	if (o->unit && o->container)
		message_usage("--unit cannot be combined with --container");
	if (o->log && live)
		message_usage("--%s cannot be combined with a log", live);
}

static void check_profile(const struct options *o)
{
	const struct host *host = &o->source.host;

	if (!o->source.n_profiles && (o->source.loader || host->caps_given ||
				      host->kernel_given))
		message_usage("%s without a profile: -p is missing",
			      o->source.loader ? "--as" :
			      "--cap or --kernel");
	if (source_is_empty(&o->source) && 1U << o->mode & PROFILES &&
	    o->mode != MODE_AUDIT)
		message_usage("no profile: -p is missing");
}

static void check(const struct options *o, const struct option_line *line)
{
	const char *output = o->output ? o->output : "-";

	options_check_mode(&table, line, mode_names, MODE_COUNT, o->mode);
	check_operands(o);
	check_audit(o);
	check_profile(o);
	check_stdin(o);
	if (o->junit && !strcmp(o->junit, output))
		message_usage("--junit and the %s need a file each",
			      o->learn ? "stream" : "list");
	if (o->learn && o->json)
		message_usage("--json cannot be combined with --learn");
}

void options_read(struct options *o, int argc, char **argv)
{
	struct option_line line;

	host_init(&o->source.host);
	options_parse(&table, argc, argv, o, &line);
	o->traces = line.operands;
	o->n_traces = line.n_operands;
	o->command = line.command;
	o->mode = choose_mode(o);
	o->source.profiles = xgrow(o->source.profiles, o->source.n_profiles,
				   sizeof(*o->source.profiles));
	check(o, &line);
}

void options_free(struct options *o)
{
	selection_free(&o->selection);
	free(o->source.profiles);
}
