/* SPDX-License-Identifier: Apache-2.0 */
/* sp-diff: what differs between two traces or profiles, or many runs. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "compare.h"
#include "matrix.h"
#include "report.h"
#include "stream/ending.h"

static const char help[] =
"Usage: sp-diff [-q] [--by-image] [--groups] [--fail-on=WHAT] [--allow-partial]\n"
"               OLD [NEW]\n"
"       sp-diff --matrix [--csv] [--by-image] [--allow-partial] [RUN...]\n"
"Print the calls that only OLD (-) or only NEW (+) has. Each is a stream or a\n"
"profile; - is stdin, and so is NEW, and RUN, when it is not given.\n"
"\n"
"  -q, --quiet          print nothing: the exit status says it\n"
"      --by-image       compare the calls of each executable\n"
"      --from=MARK      of streams, what came after a mark of sp-record --mark\n"
"      --until=MARK     and what came before it\n"
"      --groups         calls of a profile that sp-emit adds unobserved count\n"
"      --fail-on=WHAT   what makes the status 1: added, removed or any (the\n"
"                       default); with \",dangerous\" only calls that are\n"
"                       dangerous to allow; failed: a run that failed\n"
"      --cap=CAP,...    the capabilities that conditions of a profile are\n"
"                       resolved for: names, all or none\n"
"      --kernel=VERSION and the kernel, this one if not given\n"
"      --matrix         which run makes which call, and which runs suffice\n"
"      --csv            the matrix alone, as comma-separated values\n"
"      --allow-partial  accept streams that end early\n"
"  -h, --help           print this help\n"
"  -V, --version        print the version\n"
"\n"
"Exit status: 0 equal, 1 different, 2 trouble; see --fail-on.\n";

struct options {
	bool quiet, groups, matrix, csv;
	unsigned int fail_on;		/* enum compare_flag; 0: not given */
	struct side_choice choice;
	struct host host;		/* what profiles are resolved for */
};

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

static unsigned int parse_fail_on(const char *list)
{
	static const struct {
		const char *name;
		unsigned int flags;
	} names[] = {
		{ "added", COMPARE_ADDED }, { "removed", COMPARE_REMOVED },
		{ "any", COMPARE_ADDED | COMPARE_REMOVED },
		{ "dangerous", COMPARE_DANGEROUS },
		{ "failed", COMPARE_FAILED },
	};
	enum { N_NAMES = sizeof(names) / sizeof(names[0]) };
	unsigned int flags = 0;

	for (const char *at = list; at;) {
		size_t n = strcspn(at, ","), i;

		for (i = 0; i < N_NAMES; i++)
			if (strlen(names[i].name) == n &&
			    !memcmp(names[i].name, at, n))
				break;
		if (i == N_NAMES)
			message_usage("--fail-on: '%s' is not a list of added, "
				      "removed, any, dangerous and failed",
				      list);
		flags |= names[i].flags;
		at = at[n] ? at + n + 1 : NULL;
	}
	if ((flags & ~COMPARE_FAILED) == COMPARE_DANGEROUS)
		flags |= COMPARE_ADDED | COMPARE_REMOVED;
	return flags;
}

static void parse_options(struct options *o, int argc, char **argv)
{
	enum { FROM = 256, UNTIL, BY_IMAGE, GROUPS, MATRIX, CSV, ALLOW_PARTIAL, FAIL_ON,
	       CAP, KERNEL };
	static const struct option longs[] = {
		{ "quiet", no_argument, NULL, 'q' },
		{ "from", required_argument, NULL, FROM },
		{ "until", required_argument, NULL, UNTIL },
		{ "by-image", no_argument, NULL, BY_IMAGE },
		{ "groups", no_argument, NULL, GROUPS },
		{ "fail-on", required_argument, NULL, FAIL_ON },
		{ "cap", required_argument, NULL, CAP },
		{ "kernel", required_argument, NULL, KERNEL },
		{ "matrix", no_argument, NULL, MATRIX },
		{ "csv", no_argument, NULL, CSV },
		{ "allow-partial", no_argument, NULL, ALLOW_PARTIAL },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "qhV", longs, NULL)) != -1) {
		switch (c) {
		case 'q':
			o->quiet = true;
			break;
		case FROM:
			o->choice.from = optarg;
			break;
		case UNTIL:
			o->choice.until = optarg;
			break;
		case BY_IMAGE:
			o->choice.by_image = true;
			break;
		case GROUPS:
			o->groups = true;
			break;
		case FAIL_ON:
			o->fail_on = parse_fail_on(optarg);
			break;
		case CAP:
			parse_caps(&o->host, optarg);
			break;
		case KERNEL:
			parse_kernel(&o->host, optarg);
			break;
		case MATRIX:
			o->matrix = true;
			break;
		case CSV:
			o->csv = true;
			break;
		case ALLOW_PARTIAL:
			o->choice.read_flags |= TRACE_PARTIAL;
			break;
		case 'h':
			message_help(help);
		case 'V':
			message_version();
		default:
			message_try_help();
		}
	}
}

/* Whether a run of the new side failed. */
static bool note_endings(const struct side *old, const struct side *new,
			 const char *old_path, const char *new_path)
{
	if (old->trace)
		endings_note(old->trace, NULL, side_name(old_path));
	return new->trace && endings_note(new->trace, old->trace,
					  side_name(new_path));
}

static void run_diff(const struct options *o, const char *old_path,
		     const char *new_path)
{
	unsigned int flags = (o->groups ? COMPARE_GROUPS : 0) |
		(o->fail_on ? o->fail_on : COMPARE_ADDED | COMPARE_REMOVED);
	struct side old, new;
	bool fails;

	if (!strcmp(old_path, "-") && !strcmp(new_path, "-"))
		message_usage("stdin cannot be both sides");
	if (side_load(&old, old_path, &o->choice, &o->host) &
	    side_load(&new, new_path, &o->choice, &o->host)) {
		if (flags & COMPARE_FAILED && !new.trace)
			message_error("%s: a profile has no runs that could "
				      "have failed", side_name(new_path));
		fails = note_endings(&old, &new, old_path, new_path) &&
			flags & COMPARE_FAILED;
		fails |= compare_sides(&old, &new, flags,
				       o->quiet ? NULL : stdout);
		if (fails)
			message_latch(STATUS_NO);
	}
	side_free(&old);
	side_free(&new);
}

static void run_matrix(const struct options *o, char **paths)
{
	char *only_stdin[] = { "-", NULL };
	struct matrix *m = matrix_load(*paths ? paths : only_stdin,
				       o->choice.read_flags,
				       o->choice.by_image);

	if (m && o->csv)
		report_csv(m, o->choice.by_image, stdout);
	else if (m)
		report_text(m, stdout);
	matrix_free(m);
}

int main(int argc, char **argv)
{
	struct options o = { 0 };

	message_init("sp-diff", STATUS_TROUBLE, argv);
	host_init(&o.host);
	parse_options(&o, argc, argv);
	argv += optind;
	argc -= optind;
	if (o.matrix && (o.quiet || o.groups || o.fail_on))
		message_usage("--matrix takes none of --quiet, --groups and "
			      "--fail-on");
	if (o.matrix && (o.choice.from || o.choice.until))
		message_usage("--%s: --matrix has a column for each phase",
			      o.choice.from ? "from" : "until");
	if (!o.matrix && o.csv)
		message_usage("--csv is for --matrix");
	if (!o.matrix && (argc < 1 || argc > 2))
		message_usage("needs OLD, and at most NEW besides");
	if (o.matrix)
		run_matrix(&o, argv);
	else
		run_diff(&o, argv[0], argc > 1 ? argv[1] : "-");
	return message_finish();
}
