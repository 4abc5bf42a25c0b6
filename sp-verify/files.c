/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

#include "process/sandbox.h"

static bool reads_recordings(const struct options *o)
{
	switch (o->mode) {
	case MODE_SIMULATE:
	case MODE_REPLAY:
	case MODE_LANDLOCK:
		return true;
	/* --score can be used without recordings. */
	case MODE_SCORE:
		return o->n_traces;
	default:
		return false;
	}
}

bool files_open(struct files *files, const struct options *o)
{
	unsigned int flags = OUTPUT_PRIVATE | (o->learn ? OUTPUT_BINARY : 0);

	if (!source_open(&o->source, &files->source) ||
	    (o->landlock && !input_open(&files->landlock, o->landlock)) ||
	    (o->log && !input_open(&files->log, o->log)))
		return false;
	if (reads_recordings(o))
		inputs_open(&files->traces, o->traces);
	if (o->mode == MODE_SCORE)
		engine_open(&files->engines);
	return output_open(&files->out, o->output, flags) &&
		(!o->junit || output_open(&files->junit, o->junit, 0));
}

void files_close(struct files *files)
{
	output_abandon(files->junit);
	output_abandon(files->out);
	engine_close(&files->engines);
	inputs_close(&files->traces);
	input_close(&files->log);
	input_close(&files->landlock);
	source_close(&files->source);
}

bool files_commit(struct output **out)
{
	struct output *committed = *out;

	*out = NULL;
	return output_commit(committed);
}

static bool only_reads(const struct options *o)
{
	return o->mode == MODE_SIMULATE || o->mode == MODE_SCORE ||
		o->mode == MODE_LANDLOCK || (o->mode == MODE_AUDIT && o->log);
}

void files_enter_sandbox(const struct files *files, const struct options *o)
{
	bool are_open = inputs_are_open(&files->traces) &&
		inputs_are_open(&files->source.profiles) &&
		(!o->landlock || input_is_open(&files->landlock)) &&
		(!o->log || input_is_open(&files->log));

	if (only_reads(o) && are_open)
		sandbox_enter(SANDBOX_VERIFY, files->out, files->junit);
}
