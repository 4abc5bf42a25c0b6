/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"

static const char help[] =
"Usage: sp-verify -p PROFILE... [OPTION...] [TRACE...]\n"
"       sp-verify -p PROFILE... [OPTION...] -- COMMAND [ARGUMENT...]\n"
"       sp-verify -p PROFILE... [OPTION...] --replay [TRACE...]\n"
"       sp-verify --pid=PID [OPTION...] [TRACE...]\n"
"       sp-verify --score -p PROFILE [OPTION...] [TRACE...]\n"
"       sp-verify --audit[=LOG] [-p PROFILE] [OPTION...]\n"
"       sp-verify --landlock=POLICY [OPTION...] [TRACE...]\n"
"       sp-verify --landlock=POLICY [OPTION...] -- COMMAND [ARGUMENT...]\n"
"List every call that a seccomp profile denies: of recordings, without\n"
"running anything; of a command; or of a recorded command run again. Or list\n"
"what the kernel logs under a profile in force; or what a Landlock policy\n"
"denies: to recorded paths and ports, or to a command that is run under it.\n"
"With no TRACE, or when TRACE is -, read stdin.\n"
"\n"
"  -p, --profile=FILE   the profile: of the OCI, docker, podman, Kubernetes,\n"
"                       minijail, firejail or systemd, or a raw filter;\n"
"                       several are in force together\n"
"      --cap=CAP,...    the capabilities that conditions of a profile are\n"
"                       resolved for: names, all or none\n"
"      --kernel=VERSION and the kernel, this one if not given\n"
"      --pid=PID        the filters of that process, before those of -p\n"
"      --as=PLACE       as libseccomp (the default), runc, runc-1.1.14 and older,\n"
"                       crun or systemd compiles the profile\n"
"      --landlock=FILE  the policy, as sp-emit --landlock writes it\n"
"      --score          how tight it is: what it allows, what of that was\n"
"                       recorded, and what engines allow by default\n"
"      --image=PATTERN  only the calls of executables whose path matches, of\n"
"                       recordings; can be repeated\n"
"      --tree=PATTERN   only those, and what they started\n"
"      --replay         run the commands of the recordings again\n"
"      --run=ID         with --replay: only runs of this name or id\n"
"  -u, --user=USER      run COMMAND as USER\n"
"      --enforce        answer calls as the profile says; with --replay, say\n"
"                       how the outcome differs from the recorded one\n"
"      --audit[=LOG]    what the kernel logs, until ^C or -t, or has logged\n"
"                       (LOG: auditd's, dmesg's, journalctl's; - is stdin)\n"
"      --exe=GLOB       with --audit: of executables whose path matches\n"
"      --unit=NAME      with --audit, not of a LOG: of a systemd unit\n"
"      --container=NAME the same of a container, by name or id\n"
"      --learn          write what is denied as a stream, for sp-merge; the\n"
"                       list goes to stderr\n"
"  -t, --timeout=SECONDS\n"
"                       end the command, or --audit, after that time\n"
"  -o, --output=FILE    write the list or stream to FILE, whole or not at all\n"
"      --json           the list as a JSON array\n"
"      --junit=FILE     write a JUnit file as well, for a CI\n"
"      --from=MARK      only what was recorded after a mark of sp-record --mark\n"
"      --until=MARK     only what was recorded before it\n"
"      --allow-partial  accept recordings that do not hold all calls\n"
"  -h, --help           print this help\n"
"  -V, --version        print the version\n"
"\n"
"A command's stdout is stderr, unless the list goes to a FILE.\n"
"Exit status: 0 no violation, 1 violations, 2 trouble; with --learn, 0 when\n"
"the stream was written.\n";

/* From 1 to INT32_MAX. */
static uint32_t parse_number(const char *text, const char *what)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || !value ||
	    value > INT32_MAX)
		message_usage("%s: not a %s", text, what);
	return value;
}

static const struct loader *parse_loader(const char *name)
{
	const struct loader *loader = loader_by_name(name);

	if (!loader)
		message_usage("--as=%s: not libseccomp, runc, runc-1.1.14, "
			      "crun or systemd", name);
	return loader;
}

static void parse_caps(struct host *host, const char *list)
{
	char *bad;

	if (!host_set_caps(host, list, &bad))
		message_usage("--cap: no capability is called '%s'", bad);
}

static void parse_kernel(struct host *host, const char *release)
{
	if (!host_set_kernel(host, release))
		message_usage("--kernel: '%s' is not a version like 6.1",
			      release);
}

static void add_profile(struct filter_source *s, const char *path)
{
	s->profiles = xgrow(s->profiles, s->n_profiles, sizeof(char *));
	s->profiles[s->n_profiles++] = path;
}

enum { OPT_REPLAY = 256, OPT_RUN, OPT_ENFORCE, OPT_PARTIAL, OPT_LANDLOCK,
       OPT_JSON, OPT_JUNIT, OPT_LEARN, OPT_AUDIT, OPT_EXE, OPT_UNIT,
       OPT_CONTAINER, OPT_SCORE, OPT_PID, OPT_AS, OPT_CAP, OPT_KERNEL,
       OPT_IMAGE, OPT_TREE, OPT_FROM, OPT_UNTIL,
       OPERAND = 1 };

static void add_pattern(char ***patterns, size_t *n)
{
	*patterns = xgrow(*patterns, *n, sizeof(**patterns));
	(*patterns)[(*n)++] = optarg;
}

static void take_option(struct options *o, int c)
{
	switch (c) {
	case OPERAND:
		o->traces = xgrow(o->traces, o->n_traces, sizeof(char *));
		o->traces[o->n_traces++] = optarg;
		break;
	case 'p':
		add_profile(&o->source, optarg);
		break;
	case OPT_PID:
		o->source.pid = parse_number(optarg, "process id");
		break;
	case OPT_AS:
		o->source.loader = parse_loader(optarg);
		break;
	case 'u':
		o->user = optarg;
		break;
	case OPT_FROM:
		o->from = optarg;
		break;
	case OPT_UNTIL:
		o->until = optarg;
		break;
	case OPT_IMAGE:
		add_pattern(&o->selection.images, &o->selection.n_images);
		break;
	case OPT_TREE:
		add_pattern(&o->selection.trees, &o->selection.n_trees);
		break;
	case OPT_CAP:
		parse_caps(&o->source.host, optarg);
		o->has_host = true;
		break;
	case OPT_KERNEL:
		parse_kernel(&o->source.host, optarg);
		o->has_host = true;
		break;
	case OPT_JSON:
		o->json = true;
		break;
	case OPT_JUNIT:
		o->junit = optarg;
		break;
	case OPT_LANDLOCK:
		o->landlock = optarg;
		break;
	case OPT_AUDIT:
		o->audit = true;
		o->log = optarg;
		break;
	case OPT_SCORE:
		o->score = true;
		break;
	case OPT_EXE:
		o->exe = optarg;
		break;
	case OPT_UNIT:
		o->unit = optarg;
		break;
	case OPT_CONTAINER:
		o->container = optarg;
		break;
	case 'o':
		o->output = optarg;
		break;
	case 't':
		o->timeout = parse_number(optarg, "number of seconds");
		break;
	case OPT_REPLAY:
		o->replay = true;
		break;
	case OPT_RUN:
		o->run = optarg;
		break;
	case OPT_ENFORCE:
		o->enforce = true;
		break;
	case OPT_LEARN:
		o->learn = true;
		break;
	case OPT_PARTIAL:
		o->partial = true;
		break;
	case 'h':
		message_help(help);
	case 'V':
		message_version();
	default:
		message_try_help();
	}
}

/*
 * Operands come in order ("-" in the option string), so that only what
 * stands after a "--" that is no option's argument is ever run.
 */
static void parse(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "profile", required_argument, NULL, 'p' },
		{ "pid", required_argument, NULL, OPT_PID },
		{ "as", required_argument, NULL, OPT_AS },
		{ "user", required_argument, NULL, 'u' },
		{ "image", required_argument, NULL, OPT_IMAGE },
		{ "tree", required_argument, NULL, OPT_TREE },
		{ "from", required_argument, NULL, OPT_FROM },
		{ "until", required_argument, NULL, OPT_UNTIL },
		{ "cap", required_argument, NULL, OPT_CAP },
		{ "kernel", required_argument, NULL, OPT_KERNEL },
		{ "json", no_argument, NULL, OPT_JSON },
		{ "junit", required_argument, NULL, OPT_JUNIT },
		{ "landlock", required_argument, NULL, OPT_LANDLOCK },
		{ "audit", optional_argument, NULL, OPT_AUDIT },
		{ "score", no_argument, NULL, OPT_SCORE },
		{ "exe", required_argument, NULL, OPT_EXE },
		{ "unit", required_argument, NULL, OPT_UNIT },
		{ "container", required_argument, NULL, OPT_CONTAINER },
		{ "output", required_argument, NULL, 'o' },
		{ "timeout", required_argument, NULL, 't' },
		{ "time", required_argument, NULL, 't' },
		{ "replay", no_argument, NULL, OPT_REPLAY },
		{ "run", required_argument, NULL, OPT_RUN },
		{ "enforce", no_argument, NULL, OPT_ENFORCE },
		{ "learn", no_argument, NULL, OPT_LEARN },
		{ "allow-partial", no_argument, NULL, OPT_PARTIAL },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int c, before = optind;

	while ((c = getopt_long(argc, argv, "-p:o:t:u:hV", longs, NULL)) != -1) {
		take_option(o, c);
		before = optind;
	}
	if (optind > before)	/* the last step was over "--" */
		o->command = argv + optind;
	o->traces = xgrow(o->traces, o->n_traces, sizeof(char *));
}

static bool is_stdin(const char *path)
{
	return path && !strcmp(path, "-");
}

static void check_audit(const struct options *o)
{
	if (o->audit && (o->n_traces || o->command || o->replay ||
			 o->landlock || o->enforce || o->score))
		message_usage("--audit is for itself, or for -p alone");
	if (!o->audit && (o->exe || o->unit || o->container))
		message_usage("--exe, --unit and --container are for --audit");
	if (o->unit && o->container)
		message_usage("--unit and --container: one of the two");
	if (o->log && (o->unit || o->container || o->timeout))
		message_usage("%s is not for a log",
			      o->timeout ? "-t" : o->unit ? "--unit" :
			      "--container");
}

/* At most one input is stdin. */
static void check_stdin(const struct options *o)
{
	const char *other = o->audit ? "log" : "recording";
	bool reads = !o->command && !o->audit && !o->n_traces && !o->score;
	size_t n = is_stdin(o->landlock);

	for (size_t i = 0; i < o->source.n_profiles; i++)
		n += is_stdin(o->source.profiles[i]);
	if (n > 1)
		message_usage("stdin is one profile only");
	for (size_t i = 0; i < o->n_traces; i++)
		reads |= is_stdin(o->traces[i]);
	if (n && (reads || is_stdin(o->log)))
		message_usage("stdin is either profile or %s", other);
}

/* Two outputs in one place would be none. */
static void check_outputs(const struct options *o)
{
	const char *output = o->output ? o->output : "-";

	if (o->junit && !strcmp(o->junit, output))
		message_usage("--junit and the %s: to one file each",
			      o->learn ? "stream" : "list");
}

static const char *selecting(const struct options *o)
{
	return o->selection.n_images ? "--image" : "--tree";
}

static void check(const struct options *o)
{
	bool runs = o->command || o->replay;
	bool has_filter = !source_is_empty(&o->source);

	check_audit(o);
	check_stdin(o);
	check_outputs(o);
	if (!o->source.n_profiles && (o->source.loader || o->has_host))
		message_usage("%s for -p", o->source.loader ? "--as is" :
			      "--cap and --kernel are");
	if (o->user && !o->command)
		message_usage("-u is for a command");
	if ((o->partial || !selection_is_empty(&o->selection)) &&
	    (o->audit || o->command))
		message_usage("%s is for recordings", o->partial ?
			      "--allow-partial" : selecting(o));
	if (o->replay && !selection_is_empty(&o->selection))
		message_usage("%s and --replay: what is run is a whole command",
			      selecting(o));
	if ((o->from || o->until) && (o->audit || o->command || o->replay))
		message_usage("--%s is for recordings alone",
			      o->from ? "from" : "until");
	if (o->run && !o->replay)
		message_usage("--run is for --replay");
	if (o->learn && o->json)
		message_usage("--json is not for --learn, whose list is for "
			      "people");
	if (o->audit)
		return;
	if (!has_filter && !o->landlock)
		message_usage("no profile: -p is missing");
	if (has_filter && o->landlock)
		message_usage("-p and --landlock: one of the two");
	if (o->landlock && (o->replay || o->learn))
		message_usage("%s is for -p", o->replay ? "--replay" :
			      "--learn");
	if (o->command && !*o->command)
		message_usage("no command after --");
	if (o->command && (o->n_traces || o->replay))
		message_usage("either recordings or a command");
	if (o->score && (runs || o->landlock || o->junit || o->learn))
		message_usage("--score is for -p and recordings");
	if (!runs && (o->enforce || o->timeout))
		message_usage("%s is for commands",
			      o->enforce ? "--enforce" : "-t");
}

void options_parse(struct options *o, int argc, char **argv)
{
	host_init(&o->source.host);
	parse(o, argc, argv);
	check(o);
}

void options_free(struct options *o)
{
	free(o->traces);
	free(o->selection.images);
	free(o->selection.trees);
	free(o->source.profiles);
}
