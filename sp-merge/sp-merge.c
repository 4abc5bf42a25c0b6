/* SPDX-License-Identifier: Apache-2.0 */
/* sp-merge: the union of streams. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/message.h"
#include "base/options.h"
#include "base/output.h"
#include "process/sandbox.h"
#include "stream/ending.h"
#include "stream/trace.h"

struct options {
	const char *output;	/* NULL: stdout */
	bool partial;
};

static const struct option_row rows[] = {
	{ "output", 'o', "FILE", "write to FILE, whole or not at all",
	  OPTION_TEXT(struct options, output) },
	{ "allow-partial", 0, NULL, "accept streams that end early",
	  OPTION_FLAG(struct options, partial) },
};

static const struct option_table table = {
	.usage = "Usage: sp-merge [-o FILE] [--allow-partial] [FILE...]\n"
		 "Write one stream that holds what all the streams hold.\n"
		 "With no FILE, or when FILE is -, read stdin.\n",
	.rows = rows, .n_rows = sizeof(rows) / sizeof(rows[0]),
};

static void note(const struct trace *t)
{
	endings_note(t, NULL, NULL);
	if (t->n_events)
		message_note("%" PRIu64 " events are left out: a merge "
			     "has counts alone", t->n_events);
}

static void write_trace(struct trace *t, struct output *out)
{
	trace_write(t, output_file(out));
	if (output_commit(out))
		note(t);
}

int main(int argc, char **argv)
{
	struct trace *t = trace_new();
	struct options o = { 0 };
	struct option_line line;
	struct inputs inputs;
	struct output *out;

	message_init("sp-merge", STATUS_TROUBLE, argv);
	options_parse(&table, argc, argv, &o, &line);
	inputs_open(&inputs, line.operands);
	if (output_open(&out, o.output, OUTPUT_BINARY)) {
		if (inputs_are_open(&inputs))
			sandbox_enter(SANDBOX_MERGE, out, NULL);
		if (trace_load_all(t, &inputs, o.partial ? TRACE_PARTIAL : 0))
			write_trace(t, out);
		else
			output_abandon(out);
	}
	inputs_close(&inputs);
	trace_free(t);
	return message_finish();
}
