/* SPDX-License-Identifier: Apache-2.0 */
/* sp-merge: makes the union of streams. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/options.h"
#include "base/output.h"
#include "process/sandbox.h"
#include "stream/ending.h"
#include "stream/keep.h"
#include "stream/trace.h"
#include "text-input.h"

struct options {
	const char *output;	/* NULL: stdout */
	bool partial;
	uint32_t keep;		/* value of --keep-runs; 0: keep all */
	const struct text_source *from;	/* NULL: the inputs are streams */
	/* architecture of the calls in texts; NULL: our own */
	const struct arch *arch;
};

static const struct text_source sources[] = {
	{ "strace", read_strace },
	{ "list", read_list },
};

static char *set_from(const struct option_row *row, void *to, const char *name)
{
	struct options *o = to;

	(void)row;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (!strcmp(sources[i].name, name))
			o->from = &sources[i];
	return o->from ? NULL : xstrdup("not strace or list");
}

static char *set_arch(const struct option_row *row, void *to, const char *name)
{
	struct options *o = to;

	(void)row;
	o->arch = arch_by_name(name);
	return o->arch ? NULL : xstrdup("not an architecture, such as x86_64, "
					"x86 or aarch64");
}

static char *set_keep(const struct option_row *row, void *to,
		      const char *number)
{
	struct options *o = to;
	unsigned long keep;
	char *end;

	(void)row;
	errno = 0;
	keep = strtoul(number, &end, 10);
	if (*number < '0' || *number > '9' || *end || errno ||
	    keep < KEEP_MIN || keep > KEEP_MAX)
		return xasprintf("not a number from %d to %d", KEEP_MIN,
				 KEEP_MAX);
	o->keep = keep;
	return NULL;
}

static const struct option_row rows[] = {
	{ "output", 'o', "FILE", "write to FILE, whole or not at all",
	  OPTION_TEXT(struct options, output) },
	{ "allow-partial", 0, NULL, "accept streams that end early",
	  OPTION_FLAG(struct options, partial) },
	{ "keep-runs", 0, "K",
	  "leave out runs, but keep K runs of each fact;\n"
	  "see sandprint-fleet(7)", .set = set_keep },
	{ "from", 0, "WHAT",
	  "read texts in place of streams: logs of strace, or\n"
	  "lists of names", set_from, .choices = "strace list" },
	{ "arch", 0, "ARCH",
	  "the machine of these texts (default: this one)", .set = set_arch },
};

static const struct option_table table = {
	.usage = "Usage: sp-merge [-o FILE] [--allow-partial] [--keep-runs=K] [FILE...]\n"
		 "       sp-merge --from=strace|list [--arch=ARCH] [-o FILE]\n"
		 "                [--allow-partial] [FILE...]\n"
		 "Write one stream with the facts of all FILEs, which are streams,\n"
		 "or texts such as logs of strace.\n"
		 "With no FILE, or when FILE is -, read stdin.\n",
	.rows = rows, .n_rows = sizeof(rows) / sizeof(rows[0]),
};

static void note(const struct trace *t)
{
	char *once = trace_seen_once(t), *kept = keep_text(t);

	endings_note(t, NULL, NULL);
	if (kept)
		message_note("kept %s", kept);
	free(kept);
	if (once)
		message_note("%s", once);
	free(once);
	if (t->n_events)
		message_note("%" PRIu64 " events are left out: a merge "
			     "only has counts", t->n_events);
}

static void write_trace(struct trace *t, struct output *out)
{
	trace_write(t, output_file(out));
	if (output_commit(out))
		note(t);
}

static void reduce(struct trace **t, uint32_t keep)
{
	if (keep && (!(*t)->keep || keep < (*t)->keep))
		(*t)->keep = keep;
	*t = keep_runs(*t);
}

/*
 * Loads streams as trace_load_all() does, but drops runs while reading, so that
 * memory holds few more runs than are kept.
 */
static bool load_streams(struct trace **t, struct inputs *inputs,
			 const struct options *o)
{
	enum { AT_LEAST = 1000 };
	size_t limit = AT_LEAST;
	bool ok = !inputs->incomplete;

	for (size_t i = 0; i < inputs->n; i++) {
		ok &= trace_load(*t, &inputs->at[i],
				 o->partial ? TRACE_PARTIAL : 0);
		if ((*t)->n_runs < limit)
			continue;
		reduce(t, o->keep);
		limit = 2 * (*t)->n_runs + AT_LEAST;
	}
	reduce(t, o->keep);
	return ok;
}

static bool load(struct trace **t, struct inputs *inputs,
		 const struct options *o)
{
	if (o->from)
		return o->from->read(inputs, o->arch ? o->arch : arch_native(),
				     o->partial, *t);
	return load_streams(t, inputs, o);
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
	if (o.arch && !o.from)
		message_usage("--arch is only for --from");
	if (o.keep && o.from)
		message_usage("--keep-runs cannot be combined with --from");
	inputs_open(&inputs, line.operands);
	if (output_open(&out, o.output, OUTPUT_BINARY)) {
		if (inputs_are_open(&inputs))
			sandbox_enter(SANDBOX_MERGE, out, NULL);
		if (load(&t, &inputs, &o))
			write_trace(t, out);
		else
			output_abandon(out);
	}
	inputs_close(&inputs);
	trace_free(t);
	return message_finish();
}
