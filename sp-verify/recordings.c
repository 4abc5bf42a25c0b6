/* SPDX-License-Identifier: Apache-2.0 */
#include "recordings.h"

#include <stdlib.h>

#include "base/input.h"
#include "base/message.h"
#include "files.h"
#include "profile/machine.h"
#include "stream/keep.h"

static bool select_from(struct trace **t, const struct options *o)
{
	char *problem;
	bool ok = true;

	if (!o->harness) {
		ok = select_without_harness(t, &problem);
		if (problem)
			(ok ? message_note : message_error)("%s", problem);
		free(problem);
		if (!ok)
			return false;
	}
	if (!selection_is_empty(&o->selection)) {
		message_all(select_notes(*t, &o->selection), message_note);
		if (message_all(select_problems(*t, &o->selection),
				message_error))
			return false;
		*t = select_images(*t, &o->selection);
	}
	if (o->from || o->until) {
		ok = select_phases(t, o->from, o->until, &problem);
		if (!ok)
			message_error("%s", problem);
		free(problem);
	}
	return ok;
}

static void note_kept(const struct trace *t)
{
	char *kept = keep_text(t);

	if (kept)
		message_note("there are %s", kept);
	free(kept);
}

/* Whether the profile can judge recordings of these machines. */
static bool check_machine(const struct trace *t, const char *profile)
{
	char *problem = profile ? machine_mismatch(t) : NULL;
	bool fits = !problem;

	if (!fits)
		message_error("%s: %s", input_name(profile), problem);
	free(problem);
	return fits;
}

struct trace *recordings_load(const struct options *o)
{
	unsigned int flags = o->partial ? TRACE_PARTIAL : 0;
	struct trace *t = trace_new();

	if (trace_load_all(t, &o->files->traces, flags) &&
	    select_from(&t, o) &&
	    check_machine(t, o->files->source.of_machine)) {
		note_kept(t);
		return t;
	}
	trace_free(t);
	return NULL;
}
