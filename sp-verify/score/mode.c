/* SPDX-License-Identifier: Apache-2.0 */
/* --score: shows how tight a profile is. */
#include "mode.h"

#include <stdlib.h>

#include "base/message.h"
#include "base/output.h"
#include "files.h"
#include "recordings.h"
#include "score/score.h"
#include "simulate/simulate.h"

static void write_score(const struct options *o, const struct score *score)
{
	struct output **out = &o->files->out;

	(o->json ? score_json : score_print)(score, output_file(*out));
	if (files_commit(out) && score_violations(score))
		message_note("%zu recorded call%s not allowed: without --score "
			     "%s listed", score_violations(score),
			     score_violations(score) == 1 ? " is" : "s are",
			     score_violations(score) == 1 ? "it is" :
			     "they are");
}

/*
 * Scores a profile. Without named recordings it does not read stdin, because a
 * profile can be scored alone.
 */
static void score_filter(const struct options *o, const struct filter *filter)
{
	struct trace *t = o->n_traces ? recordings_load(o) : NULL;
	char *name = source_name(&o->source);
	struct score *score;

	if (!o->n_traces || (t && trace_is_usable(t, o->partial))) {
		score = score_new(filter, name, t, &o->files->engines);
		write_score(o, score);
		score_free(score);
	}
	free(name);
	trace_free(t);
}

void mode_score(const struct options *o)
{
	struct filter *filter = source_load(&o->source, &o->files->source);

	if (filter)
		score_filter(o, filter);
	filter_free(filter);
}
