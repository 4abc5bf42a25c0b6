/* SPDX-License-Identifier: Apache-2.0 */
/* sp-diff: what differs between two traces or profiles, or many runs. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "matrix.h"
#include "message.h"
#include "report.h"

static const char help[] =
"Usage: sp-diff [-q] [--by-image] [--groups] [--allow-partial] OLD [NEW]\n"
"       sp-diff --matrix [--csv] [--by-image] [--allow-partial] [RUN...]\n"
"Print the calls that only OLD (-) or only NEW (+) has. Each is a stream or an\n"
"OCI profile; - is stdin, and so is NEW, and RUN, when it is not given.\n"
"\n"
"  -q, --quiet          print nothing: the exit status says it\n"
"      --by-image       compare the calls of each executable\n"
"      --groups         calls of a profile that sp-emit adds unobserved count\n"
"      --matrix         which run makes which call, and which runs suffice\n"
"      --csv            the matrix alone, as comma-separated values\n"
"      --allow-partial  accept streams that end early\n"
"  -h, --help           print this help\n"
"  -V, --version        print the version\n"
"\n"
"Exit status: 0 equal, 1 different, 2 trouble.\n";

struct options {
	bool quiet, by_image, groups, matrix, csv;
	unsigned int read_flags;	/* enum trace_read_flag */
};

static void parse_options(struct options *o, int argc, char **argv)
{
	enum { BY_IMAGE = 256, GROUPS, MATRIX, CSV, ALLOW_PARTIAL };
	static const struct option longs[] = {
		{ "quiet", no_argument, NULL, 'q' },
		{ "by-image", no_argument, NULL, BY_IMAGE },
		{ "groups", no_argument, NULL, GROUPS },
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
		case BY_IMAGE:
			o->by_image = true;
			break;
		case GROUPS:
			o->groups = true;
			break;
		case MATRIX:
			o->matrix = true;
			break;
		case CSV:
			o->csv = true;
			break;
		case ALLOW_PARTIAL:
			o->read_flags |= TRACE_PARTIAL;
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

static void run_diff(const struct options *o, const char *old_path,
		     const char *new_path)
{
	struct side old, new;

	if (!strcmp(old_path, "-") && !strcmp(new_path, "-"))
		message_usage("stdin cannot be both sides");
	if (side_load(&old, old_path, o->read_flags, o->by_image) &
	    side_load(&new, new_path, o->read_flags, o->by_image) &&
	    compare_sides(&old, &new, o->groups, o->quiet ? NULL : stdout))
		message_latch(STATUS_NO);
	side_free(&old);
	side_free(&new);
}

static void run_matrix(const struct options *o, char **paths)
{
	char *only_stdin[] = { "-", NULL };
	struct matrix *m = matrix_load(*paths ? paths : only_stdin,
				       o->read_flags, o->by_image);

	if (m && o->csv)
		report_csv(m, o->by_image, stdout);
	else if (m)
		report_text(m, stdout);
	matrix_free(m);
}

int main(int argc, char **argv)
{
	struct options o = { 0 };

	message_init("sp-diff", STATUS_TROUBLE, argv);
	parse_options(&o, argc, argv);
	argv += optind;
	argc -= optind;
	if (o.matrix && (o.quiet || o.groups))
		message_usage("--matrix takes neither --quiet nor --groups");
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
