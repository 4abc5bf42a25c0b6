/* SPDX-License-Identifier: Apache-2.0 */
/* sp-emit: from a trace to a profile. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/output.h"
#include "base/text.h"
#include "build.h"
#include "check.h"
#include "ndjson.h"
#include "paths.h"
#include "stream/select.h"
#include "trust.h"

#define CONTAINER \
	(FORMAT_ONE_LIST | FORMAT_BEFORE | FORMAT_ERRNO | FORMAT_ARGS)
#define RUNTIMES (RUNTIME_RUNC | RUNTIME_CRUN)

static const struct format formats[] = {
	{ "oci", "the linux.seccomp object for a container runtime",
	  CONTAINER, DENY_ANY, RUNTIMES, write_oci, NULL },
	{ "docker", "the same as Docker and podman have it, with an archMap",
	  CONTAINER, DENY_ANY, RUNTIMES, write_docker, NULL },
	{ "spo", "a SeccompProfile for Kubernetes, in YAML",
	  CONTAINER, DENY_EPERM | DENY_KILL | DENY_LOG, RUNTIMES, write_spo, NULL },
	{ "systemd", "a drop-in for a systemd service",
	  FORMAT_ONE_LIST | FORMAT_BEFORE | FORMAT_START | FORMAT_ARGS |
	  FORMAT_FAMILIES, DENY_ANY, RUNTIME_SYSTEMD, write_systemd,
	  "with User=, SystemCallFilter= implies "
	  "NoNewPrivileges=yes" },
	{ "libseccomp", "a C header with a function that loads the filter",
	  FORMAT_ERRNO | FORMAT_ARGS, DENY_ANY, 0, write_libseccomp,
	  "sandprint_load() sets no_new_privs" },
	{ "bpf", "the filter as seccomp(2) takes it: for bwrap --seccomp",
	  FORMAT_BEFORE | FORMAT_ERRNO | FORMAT_BINARY | FORMAT_ARGS,
	  DENY_ANY, RUNTIME_BWRAP, write_bpf,
	  "bwrap sets no_new_privs" },
	{ "minijail", "a policy for minijail0 -S",
	  FORMAT_BEFORE | FORMAT_ERRNO | FORMAT_NATIVE | FORMAT_NAMES |
	  FORMAT_ARGS | FORMAT_STRICT, DENY_KILL, 0, write_minijail, NULL },
	{ "firejail", "lines for a firejail profile",
	  FORMAT_BEFORE | FORMAT_NAMES | FORMAT_NATIVE, DENY_ANY,
	  RUNTIME_FIREJAIL, write_firejail, NULL },
	{ "path-list", "the paths and sockets, a line each: see the manual",
	  FORMAT_TRACE | FORMAT_PATHS, DENY_NONE, 0, write_path_list, NULL },
	{ "apparmor", "an AppArmor profile",
	  FORMAT_TRACE | FORMAT_PATHS | FORMAT_POLICY | FORMAT_BEFORE |
	  FORMAT_START, DENY_LOG, 0, write_apparmor, NULL },
	{ "landlock", "a Landlock policy, in JSON",
	  FORMAT_TRACE | FORMAT_PATHS | FORMAT_POLICY | FORMAT_BEFORE |
	  FORMAT_START | FORMAT_LANDLOCK, DENY_NONE, 0, write_landlock,
	  "Landlock is put in force with no_new_privs" },
	{ "landlock-header", "a C header that puts it in force",
	  FORMAT_TRACE | FORMAT_PATHS | FORMAT_POLICY | FORMAT_LANDLOCK,
	  DENY_NONE, 0, write_landlock_header,
	  "sandprint_landlock() sets no_new_privs" },
	{ "json", "the trace itself, for jq", FORMAT_TRACE, DENY_NONE, 0,
	  write_json, NULL },
	{ "table", "the calls of the trace and their counts", FORMAT_TRACE,
	  DENY_NONE, 0, write_table, NULL },
	{ "ndjson", "each event of sp-record --every, a line of JSON each",
	  FORMAT_TRACE | FORMAT_EVENTS, DENY_NONE, 0, NULL, NULL },
};
enum { N_FORMATS = sizeof(formats) / sizeof(formats[0]) };

static const char help_start[] =
"Usage: sp-emit FORMAT [OPTION...] [FILE...]\n"
"Write a sandbox profile from what was recorded in the FILEs together.\n"
"With no FILE, or when FILE is -, read stdin.\n"
"\n"
"FORMAT is one of:\n";

static const char help_end[] =
"      --explain        in place of the profile, print where each call of it\n"
"                       comes from; alone, that of --oci\n"
"\n"
"What is in it:\n"
"      --args[=GROUPS]  rules for arguments too: of socket, ioctl, prctl,\n"
"                       personality, ptrace, bpf, keyctl, clone and exec; not\n"
"                       unless named: fcntl, setsockopt, kill; all\n"
"      --paths          with --systemd: what of the file system it needs, too\n"
"      --generalize=R   how paths that differ from run to run become one: a\n"
"                       list of pid, tmp, hash, date, runs, version; all, none,\n"
"                       usual (default: all but version)\n"
"      --exact          the observed calls alone\n"
"      --deny=WHAT      for other calls: errno:NAME, kill or log (default\n"
"                       errno:EPERM; with --minijail, kill)\n"
"      --runtime=WHICH  add what it calls itself: runc, crun, any of these\n"
"                       (default with --oci, --docker and --spo), bwrap (with\n"
"                       --bpf), firejail, systemd (with these) or none\n"
"      --nnp            the container has no_new_privs: less to add\n"
"      --no-kernel      without a group of calls that were not observed;\n"
"      --no-start       see the manual for what each is\n"
"      --no-vdso\n"
"      --no-runtime\n"
"      --no-fallback\n"
"      --image=PATTERN  only the calls of executables whose path matches;\n"
"                       can be repeated\n"
"      --tree=PATTERN   only those, and what they started; can be repeated\n"
"\n"
"      --from=MARK      only what came after a mark of sp-record --mark\n"
"      --until=MARK     only what came before it\n"
"\n"
"  -o, --output=FILE    write to FILE, whole or not at all\n"
"      --allow-partial  accept recordings that are incomplete\n"
"      --allow-denied   allow what a filter denied while it was recorded\n"
"      --deny-denied    leave it out, even where the denial killed\n"
"      --trust-names    in policies of paths, use names too that may be no\n"
"                       more than what the program claims\n"
"      --widen-names    with --systemd --paths, allow the directory of a name\n"
"                       that a unit file cannot hold\n"
"  -h, --help           print this help\n"
"  -V, --version        print the version\n";

struct options {
	const struct format *format;	/* NULL: none was given */
	bool explain, exact, paths, no_new_privs, allow_partial;
	bool allow_denied, deny_denied, trust_names, widen_names;
	unsigned int general;	/* enum general_rule */
	bool has_args;
	bool args[ARGS_ROWS_MAX];
	bool without[GROUP_COUNT];
	int runtimes;		/* RUNTIME_*; -1: as the format has it */
	uint32_t default_action;
	bool has_deny;
	const char *from, *until;	/* marks, or NULL */
	struct selection selection;
	const char *output;	/* NULL: stdout */
};

enum {
	OPT_ARGS = 256,
	OPT_GENERALIZE,
	OPT_PATHS,
	OPT_EXPLAIN,
	OPT_EXACT,
	OPT_DENY,
	OPT_RUNTIME,
	OPT_NNP,
	OPT_IMAGE,
	OPT_TREE,
	OPT_FROM,
	OPT_UNTIL,
	OPT_ALLOW_PARTIAL,
	OPT_ALLOW_DENIED,
	OPT_DENY_DENIED,
	OPT_TRUST_NAMES,
	OPT_WIDEN_NAMES,
	OPT_WITHOUT,				/* + enum group */
	OPT_FORMAT = OPT_WITHOUT + GROUP_COUNT,	/* + index of formats */
};

__attribute__((noreturn)) static void print_help(void)
{
	fputs(help_start, stdout);
	for (size_t i = 0; i < N_FORMATS; i++)
		printf("      --%-14s %s\n", formats[i].name,
		       formats[i].help);
	message_help(help_end);
}

static uint32_t parse_errno(const char *name)
{
	enum { ERRNO_MAX = 4095 };	/* MAX_ERRNO, linux/err.h */

	for (int e = 1; e <= ERRNO_MAX; e++) {
		const char *known = strerrorname_np(e);

		if (known && !strcmp(known, name))
			return SECCOMP_RET_ERRNO | e;
	}
	message_usage("--deny: no errno is called '%s'", name);
}

static uint32_t parse_deny(const char *arg)
{
	if (!strncmp(arg, "errno:", strlen("errno:")))
		return parse_errno(arg + strlen("errno:"));
	if (!strcmp(arg, "kill"))
		return SECCOMP_RET_KILL_PROCESS;
	if (!strcmp(arg, "log"))
		return SECCOMP_RET_LOG;
	message_usage("--deny: '%s' is not errno:NAME, kill or log", arg);
}

static int parse_runtime(const char *arg)
{
	static const struct {
		const char *name;
		int runtimes;
	} names[] = {
		{ "none", 0 },
		{ "runc", RUNTIME_RUNC },
		{ "crun", RUNTIME_CRUN },
		{ "any", RUNTIME_RUNC | RUNTIME_CRUN },
		{ "bwrap", RUNTIME_BWRAP },
		{ "systemd", RUNTIME_SYSTEMD },
		{ "firejail", RUNTIME_FIREJAIL },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].name, arg))
			return names[i].runtimes;
	message_usage("--runtime: '%s' is not runc, crun, any, bwrap, "
		      "firejail, systemd or none", arg);
}

static void set_format(struct options *o, const struct format *format)
{
	if (o->format && o->format != format)
		message_usage("--%s and --%s: one format at a time",
			      o->format->name, format->name);
	o->format = format;
}

static void parse_args(struct options *o, const char *list)
{
	char *bad;

	o->has_args = true;
	if (!args_parse(list, o->args, &bad))
		message_usage("--args: no group is called '%s'", bad);
}

static void add_pattern(char ***patterns, size_t *n)
{
	*patterns = xgrow(*patterns, *n, sizeof(**patterns));
	(*patterns)[(*n)++] = optarg;
}

static void apply_option(struct options *o, int c)
{
	switch (c) {
	case OPT_ARGS:
		parse_args(o, optarg);
		break;
	case OPT_PATHS:
		o->paths = true;
		break;
	case OPT_GENERALIZE:
		if (!general_parse(optarg, &o->general))
			message_usage("--generalize: '%s' is not a list of pid, "
				      "tmp, hash, date, runs and version", optarg);
		break;
	case OPT_EXPLAIN:
		o->explain = true;
		break;
	case OPT_EXACT:
		o->exact = true;
		break;
	case OPT_DENY:
		o->default_action = parse_deny(optarg);
		o->has_deny = true;
		break;
	case OPT_RUNTIME:
		o->runtimes = parse_runtime(optarg);
		break;
	case OPT_NNP:
		o->no_new_privs = true;
		break;
	case OPT_IMAGE:
		add_pattern(&o->selection.images, &o->selection.n_images);
		break;
	case OPT_TREE:
		add_pattern(&o->selection.trees, &o->selection.n_trees);
		break;
	case OPT_FROM:
		o->from = optarg;
		break;
	case OPT_UNTIL:
		o->until = optarg;
		break;
	case OPT_ALLOW_PARTIAL:
		o->allow_partial = true;
		break;
	case OPT_ALLOW_DENIED:
		o->allow_denied = true;
		break;
	case OPT_DENY_DENIED:
		o->deny_denied = true;
		break;
	case OPT_TRUST_NAMES:
		o->trust_names = true;
		break;
	case OPT_WIDEN_NAMES:
		o->widen_names = true;
		break;
	case 'o':
		o->output = optarg;
		break;
	case 'h':
		print_help();
	case 'V':
		message_version();
	case '?':
		message_try_help();
	default:
		if (c >= OPT_FORMAT)
			set_format(o, &formats[c - OPT_FORMAT]);
		else
			o->without[c - OPT_WITHOUT] = true;
	}
}

static const struct option fixed_options[] = {
	{ "args", optional_argument, NULL, OPT_ARGS },
	{ "paths", no_argument, NULL, OPT_PATHS },
	{ "generalize", required_argument, NULL, OPT_GENERALIZE },
	{ "explain", no_argument, NULL, OPT_EXPLAIN },
	{ "exact", no_argument, NULL, OPT_EXACT },
	{ "deny", required_argument, NULL, OPT_DENY },
	{ "runtime", required_argument, NULL, OPT_RUNTIME },
	{ "nnp", no_argument, NULL, OPT_NNP },
	{ "image", required_argument, NULL, OPT_IMAGE },
	{ "tree", required_argument, NULL, OPT_TREE },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "output", required_argument, NULL, 'o' },
	{ "allow-partial", no_argument, NULL, OPT_ALLOW_PARTIAL },
	{ "allow-denied", no_argument, NULL, OPT_ALLOW_DENIED },
	{ "deny-denied", no_argument, NULL, OPT_DENY_DENIED },
	{ "trust-names", no_argument, NULL, OPT_TRUST_NAMES },
	{ "widen-names", no_argument, NULL, OPT_WIDEN_NAMES },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
};
enum { N_FIXED = sizeof(fixed_options) / sizeof(fixed_options[0]) };

/* Those above, those of the two tables, and a zero. */
struct long_options {
	struct option options[N_FIXED + GROUP_COUNT + N_FORMATS + 1];
	char without[GROUP_COUNT][16];	/* "no-kernel" */
};

static void fill_options(struct long_options *l)
{
	struct option *next = l->options + N_FIXED;

	memcpy(l->options, fixed_options, sizeof(fixed_options));
	for (int g = 0; g < GROUP_COUNT; g++) {
		snprintf(l->without[g], sizeof(l->without[g]), "no-%s",
			 group_name(g));
		*next++ = (struct option){ l->without[g], no_argument, NULL,
					   OPT_WITHOUT + g };
	}
	for (int i = 0; i < N_FORMATS; i++)
		*next++ = (struct option){ formats[i].name, no_argument, NULL,
					   OPT_FORMAT + i };
}

/* Which of a format's denials an action is. */
static enum format_deny deny_of(uint32_t action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_LOG:
		return DENY_LOG;
	case SECCOMP_RET_ERRNO:
		return action == (SECCOMP_RET_ERRNO | EPERM) ? DENY_EPERM :
			DENY_ERRNO;
	default:
		return DENY_KILL;
	}
}

/* What only denies, and cannot log instead, has no place in staging. */
static void check_staging(const struct options *o)
{
	if (o->default_action != SECCOMP_RET_LOG ||
	    o->format->write != write_systemd)
		return;
	if (o->paths)
		message_usage("--deny=log cannot be combined with --paths: "
			      "systemd can only deny paths, not log them");
	if (o->has_args)
		message_usage("--deny=log cannot be combined with --args: "
			      "RestrictAddressFamilies= can only deny, not "
			      "log");
}

static void choose_deny(struct options *o)
{
	unsigned int denials = o->format->denials;

	if (!o->has_deny)
		o->default_action = denials & DENY_EPERM ?
			SECCOMP_RET_ERRNO | EPERM : SECCOMP_RET_KILL_PROCESS;
	else if (!denials)
		message_usage("--deny: --%s has no place for it",
			      o->format->name);
	else if (!(denials & deny_of(o->default_action)))
		message_usage("--deny: --%s can only have%s%s%s",
			      o->format->name,
			      denials & DENY_EPERM ? " errno:EPERM" : "",
			      denials & DENY_KILL ? " kill" : "",
			      denials & DENY_LOG ? " log" : "");
}

static void parse_options(struct options *o, int argc, char **argv)
{
	struct long_options l = { 0 };
	int c;

	fill_options(&l);
	while ((c = getopt_long(argc, argv, "o:hV", l.options, NULL)) != -1)
		apply_option(o, c);
	if (!o->format && o->explain)
		o->format = &formats[0];
	if (!o->format)
		message_usage("no format is given, such as --oci");
	choose_deny(o);
	check_staging(o);
	if (o->allow_denied && o->deny_denied)
		message_usage("--allow-denied and --deny-denied: one of the "
			      "two");
	if (o->explain && o->format->flags & FORMAT_TRACE &&
	    !(o->format->flags & FORMAT_POLICY))
		message_usage("--explain: --%s is no profile",
			      o->format->name);
	if (o->trust_names && !(o->format->flags & FORMAT_POLICY) && !o->paths)
		message_usage("--trust-names: --%s is no policy of paths",
			      o->format->name);
	if (o->widen_names && !o->paths)
		message_usage("--widen-names: only with --systemd --paths");
	if (o->paths && o->format->write != write_systemd)
		message_usage("--paths: --%s %s", o->format->name,
			      o->format->flags & FORMAT_PATHS ?
			      "has them anyway" : "has no place for them");
	if (o->has_args && !(o->format->flags & FORMAT_ARGS))
		message_usage("--args: --%s has no rules for arguments",
			      o->format->name);
	if ((o->from || o->until) && o->format->flags & FORMAT_EVENTS)
		message_usage("--%s: not with --%s, whose lines have their "
			      "time", o->from ? "from" : "until",
			      o->format->name);
	if (!selection_is_empty(&o->selection) &&
	    o->format->flags & FORMAT_EVENTS)
		message_usage("%s: not with --%s, whose lines have their "
			      "image", o->selection.n_images ? "--image" :
			      "--tree", o->format->name);
}

/* What the format and the options make of the groups. */
static struct group_choice choose_groups(const struct options *o,
					 const struct arch *native)
{
	unsigned int flags = o->format->flags;
	struct group_choice choice = {
		.runtimes = o->runtimes < 0 ? o->format->runtimes :
			(unsigned int)o->runtimes,
		.no_new_privs = o->no_new_privs,
		.native = native,
	};
	bool applies[GROUP_COUNT] = {
		[GROUP_KERNEL] = true,
		[GROUP_START] = flags & FORMAT_BEFORE,
		[GROUP_VDSO] = true,
		[GROUP_RUNTIME] = choice.runtimes,
		/* Not if other calls are let through, or get ENOSYS as well. */
		[GROUP_FALLBACK] = flags & FORMAT_ERRNO &&
			o->default_action != SECCOMP_RET_LOG &&
			o->default_action != (SECCOMP_RET_ERRNO | ENOSYS),
	};

	for (int g = 0; g < GROUP_COUNT; g++)
		choice.wanted[g] = applies[g] && !o->without[g] && !o->exact;
	return choice;
}

static bool load_inputs(struct trace *t, char **paths, bool allow_partial)
{
	unsigned int flags = allow_partial ? TRACE_PARTIAL : 0;
	bool fine = true;

	if (!*paths)
		return trace_load(t, "-", flags);
	for (; *paths; paths++)
		fine &= trace_load(t, *paths, flags);
	return fine;
}

static void note_phases(const struct options *o)
{
	bool before = o->format->flags & (FORMAT_BEFORE | FORMAT_POLICY) &&
		o->format->write != write_landlock_header;

	if (o->from && before)
		message_note("--from=%s: --%s is in force when the program "
			     "starts, and does not allow what it does until "
			     "the mark", o->from, o->format->name);
}

static bool select_from(struct trace **t, const struct options *o)
{
	bool fine = true;
	char *refused = NULL;

	/* Who started whom may show in another phase only. */
	if (!selection_is_empty(&o->selection)) {
		message_all(select_notes(*t, &o->selection), message_note);
		fine = !message_all(select_problems(*t, &o->selection),
				message_error);
		if (fine)
			*t = select_images(*t, &o->selection);
	}
	if (fine && (o->from || o->until)) {
		fine = select_phases(t, o->from, o->until, &refused);
		if (!fine)
			message_error("%s", refused);
		free(refused);
		note_phases(o);
	}
	return fine;
}

/* False when libseccomp cannot make a filter of these rules. */
static bool add_args(struct profile *p, struct emit *emit,
		     const struct options *o)
{
	unsigned int flags = o->format->flags;

	if (!o->has_args)
		return true;
	emit->args = o->args;
	if (flags & FORMAT_FAMILIES)
		return true;
	args_restrict(p, emit->trace, o->args, flags & FORMAT_ONE_LIST);
	return args_check(p, emit->trace);
}

/* The profile for the format, or NULL. */
static struct profile *make_profile(struct emit *emit, const struct options *o)
{
	const struct arch *native = check_native(emit->trace);
	struct build build = {
		.default_action = o->default_action,
		.flags = o->format->flags,
		.allow_denied = o->allow_denied,
	};
	struct profile *p;

	if (!native ||
	    !check_calls(emit->trace, o->format, native, o->allow_denied) ||
	    !check_denials(emit->trace, o->allow_denied, o->deny_denied))
		return NULL;
	note_operations(emit->trace);
	emit->choice = build.choice = choose_groups(o, native);
	p = build_profile(emit->trace, &build);
	if (check_profile(p, o->exact) && add_args(p, emit, o))
		return p;
	profile_free(p);
	return NULL;
}

/* For which one a rule counts; the others add nothing. */
static int first_origin(const struct profile_rule *rule)
{
	if (rule->origin & PROFILE_OBSERVED)
		return GROUP_COUNT;
	for (int g = 0; g < GROUP_COUNT; g++)
		if (rule->origin & 1U << g)
			return g;
	return -1;
}

static void print_gains(const struct profile *p)
{
	for (size_t i = 0; i < p->n_archs; i++) {
		size_t gain = profile_gain(p, p->archs[i]);

		if (gain)
			message_note("%s gains %zu, since one list serves "
				     "all architectures", p->archs[i]->name,
				     gain);
	}
}

/* "27 observed + 5 kernel + 6 vdso + 19 runtime; 8 get ENOSYS" */
static void print_summary(const struct profile *p)
{
	size_t counts[GROUP_COUNT + 1] = { 0 };
	char *line;

	for (size_t i = 0; i < p->n_rules; i++)
		if (first_origin(&p->rules[i]) >= 0 &&
		    (!i || call_id_compare(&p->rules[i - 1].id,
					   &p->rules[i].id)))
			counts[first_origin(&p->rules[i])]++;
	line = xasprintf("%zu observed", counts[GROUP_COUNT]);
	for (int g = 0; g < GROUP_FALLBACK; g++) {
		char *longer;

		if (!counts[g])
			continue;
		longer = xasprintf("%s + %zu %s", line, counts[g],
				   group_name(g));
		free(line);
		line = longer;
	}
	if (counts[GROUP_FALLBACK])
		message_note("%s; %zu get ENOSYS", line,
			     counts[GROUP_FALLBACK]);
	else
		message_note("%s", line);
	free(line);
	print_gains(p);
}

static void explain_paths(const struct emit *emit, FILE *out)
{
	struct path_uses *uses = paths_fold(emit->trace, emit->general);

	paths_explain(uses, out);
	paths_free(uses);
}

static void write_to(const struct emit *emit, const struct options *o, FILE *out)
{
	if (o->explain && o->format->flags & FORMAT_LANDLOCK)
		explain_landlock(emit, out);
	else if (o->explain && o->format->flags & FORMAT_POLICY)
		explain_paths(emit, out);
	else if (o->explain)
		write_explanation(emit, out);
	else
		o->format->write(emit, out);
}

/* In memory first: of what a writer refuses midway, stdout gets nothing. */
static bool write_whole(const struct emit *emit, const struct options *o,
			FILE *out)
{
	char *text = NULL;
	size_t n;
	FILE *memory = open_memstream(&text, &n);

	if (memory)
		write_to(emit, o, memory);
	if (!memory || ferror(memory) || fclose(memory))
		message_fatal("out of memory");
	if (!message_status())
		fwrite(text, 1, n, out);
	free(text);
	return !message_status();
}

static void write_emit(const struct emit *emit, const struct options *o)
{
	struct output *out;

	if (!output_open(&out, o->output, !o->explain &&
			 o->format->flags & FORMAT_BINARY ? OUTPUT_BINARY : 0))
		return;
	if (!write_whole(emit, o, output_file(out)))
		output_abandon(out);
	else if (output_commit(out) && emit->profile)
		print_summary(emit->profile);
}

static void emit_trace(const struct trace *t, const struct options *o,
		       bool partial)
{
	struct emit emit = {
		.trace = t, .partial = partial, .general = o->general,
		.paths = o->paths, .widen = o->widen_names,
		.complain = o->has_deny,
	};
	struct profile *p = NULL;

	if (!t->calls.n) {
		message_error("no calls were recorded");
		return;
	}
	if (!(o->format->flags & FORMAT_TRACE)) {
		p = make_profile(&emit, o);
		if (!p)
			return;
		emit.profile = p;
	}
	write_emit(&emit, o);
	profile_free(p);
}

/* Nothing waits for the end of the stream, and memory is for the counts alone. */
static void emit_events(struct trace *t, const struct options *o, char **paths)
{
	struct output *out;
	struct ndjson *ndjson;

	if (!output_open(&out, o->output, 0))
		return;
	ndjson = ndjson_new(output_file(out));
	t->sink = ndjson_sink(ndjson);
	if (!load_inputs(t, paths, o->allow_partial)) {
		output_abandon(out);
	} else if (!t->n_events) {
		output_abandon(out);
		message_error("no events were recorded: sp-record --every "
			      "writes them");
	} else {
		ndjson_finish(ndjson, t);
		output_commit(out);
	}
	ndjson_free(ndjson);
}

static void emit(struct trace **t, const struct options *o, char **paths)
{
	bool has_paths = o->format->flags & FORMAT_PATHS || o->paths;
	bool partial = false;

	if (!load_inputs(*t, paths, o->allow_partial) ||
	    !check_runs(*t, !selection_is_empty(&o->selection),
			o->allow_partial, &partial) ||
	    !check_learned(*t, o->format, o->allow_partial, &partial) ||
	    (has_paths && !check_paths(*t, o->format, o->allow_partial,
				       &partial)) ||
	    !select_from(t, o) ||
	    (has_paths && !check_names(*t, o->format, o->allow_partial,
				       &partial)) ||
	    !check_start(*t, o->format, o->allow_partial, &partial))
		return;
	note_privileged(*t, o->format);
	trace_sort(*t);
	if (o->paths || o->format->flags & FORMAT_POLICY)
		note_doubted(*t, access_of_rules(o->format), o->trust_names);
	if (o->trust_names)
		trust_names(*t);
	if (selection_is_empty(&o->selection))
		note_unrelated(*t, o->format);
	emit_trace(*t, o, partial);
}

int main(int argc, char **argv)
{
	struct options o = { .runtimes = -1, .general = GENERAL_USUAL };
	struct trace *t = trace_new();

	message_init("sp-emit", STATUS_TROUBLE, argv);
	message_keep_notes();
	parse_options(&o, argc, argv);
	if (o.format->flags & FORMAT_EVENTS)
		emit_events(t, &o, argv + optind);
	else
		emit(&t, &o, argv + optind);
	trace_free(t);
	free(o.selection.images);
	free(o.selection.trees);
	return message_finish();
}
