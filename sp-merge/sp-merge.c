/* SPDX-License-Identifier: Apache-2.0 */
/* sp-merge: the union of streams. */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/message.h"
#include "base/output.h"
#include "stream/ending.h"
#include "stream/trace.h"

static const char help[] =
"Usage: sp-merge [-o FILE] [--allow-partial] [FILE...]\n"
"Write one stream that holds what all the streams hold.\n"
"With no FILE, or when FILE is -, read stdin.\n"
"\n"
"  -o, --output=FILE    write to FILE, whole or not at all\n"
"      --allow-partial  accept streams that end early\n"
"  -h, --help           print this help\n"
"  -V, --version        print the version\n";

struct options {
	const char *output;	/* NULL: stdout */
	unsigned int read_flags;	/* enum trace_read_flag */
};

static void parse_options(struct options *o, int argc, char **argv)
{
	enum { OPT_ALLOW_PARTIAL = 256 };
	static const struct option longs[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "allow-partial", no_argument, NULL, OPT_ALLOW_PARTIAL },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "o:hV", longs, NULL)) != -1) {
		switch (c) {
		case 'o':
			o->output = optarg;
			break;
		case OPT_ALLOW_PARTIAL:
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

/* All of them, so that every bad input is named. */
static bool load(struct trace *t, char **paths, unsigned int flags)
{
	bool fine = true;

	if (!*paths)
		return trace_load(t, "-", flags);
	for (; *paths; paths++)
		fine &= trace_load(t, *paths, flags);
	return fine;
}

static void note(const struct trace *t)
{
	endings_note(t, NULL, NULL);
	if (t->n_events)
		message_note("%" PRIu64 " events are left out: a merge "
			     "has counts alone", t->n_events);
}

int main(int argc, char **argv)
{
	struct trace *t = trace_new();
	struct options o = { 0 };
	struct output *out;

	message_init("sp-merge", STATUS_TROUBLE, argv);
	parse_options(&o, argc, argv);
	if (load(t, argv + optind, o.read_flags) &&
	    output_open(&out, o.output, OUTPUT_BINARY)) {
		trace_write(t, output_file(out));
		if (output_commit(out))
			note(t);
	}
	trace_free(t);
	return message_finish();
}
