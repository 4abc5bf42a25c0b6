/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --landlock: compares a Landlock policy with recordings, or puts it in force
 * for a command.
 */
#include "mode.h"

#include <inttypes.h>

#include "base/message.h"
#include "base/output.h"
#include "files.h"
#include "landlock/confine.h"
#include "recordings.h"
#include "report/list.h"
#include "run/prepare.h"
#include "simulate/simulate.h"

/* Finds the denials. Returns whether to write a list. */
typedef bool find_denied(const struct options *o,
			 const struct landlock_policy *policy,
			 struct denied *denied);

static bool has_paths(const struct trace *t)
{
	for (size_t i = 0; i < t->n_runs; i++) {
		if (run_has_how(t->runs[i], "paths"))
			continue;
		message_error("recorded without --paths, which --landlock "
			      "needs: record it again");
		return false;
	}
	return true;
}

static bool confine_recordings(const struct options *o,
			       const struct landlock_policy *policy,
			       struct denied *denied)
{
	struct trace *t = recordings_load(o);
	bool ok = t && trace_is_usable(t, o->partial) && has_paths(t);

	if (ok) {
		size_t n = confine_simulate(policy, t, denied);

		if (!denied_size(denied))
			message_note("%zu paths and sockets, no violation", n);
	}
	trace_free(t);
	return ok;
}

static bool confine_command(const struct options *o,
			    const struct landlock_policy *policy,
			    struct denied *denied)
{
	struct prepared prepared;
	bool ok = prepare(&prepared, o);
	struct confine_options confine = {
		policy, o->enforce, o->timeout, &prepared.forward,
	};

	ok = ok && confine_run(&confine, &prepared.command, denied);
	prepare_end(&prepared);
	if (ok && !denied_size(denied) && message_status() == STATUS_YES)
		message_note("no violation");
	return ok;
}

static void find_and_write(const struct options *o,
			   const struct landlock_policy *policy,
			   find_denied *find)
{
	struct room room = { 0 };
	struct denied *denied = denied_new(&room);

	if (find(o, policy, denied)) {
		(o->json ? denied_json : denied_print)(denied,
			output_file(o->files->out));
		if (denied_more(denied))
			message_note("the list is full: %" PRIu64 " denials "
				     "of other objects are not in it",
				     denied_more(denied));
		if (files_commit(&o->files->out) &&
		    list_junit(o, denied, NULL) && denied_size(denied))
			message_latch(STATUS_NO);
	}
	denied_free(denied);
}

static void list_denied(const struct options *o, find_denied *find)
{
	struct landlock_policy *policy = landlock_load(&o->files->landlock);

	if (policy)
		find_and_write(o, policy, find);
	landlock_free(policy);
}

void mode_landlock(const struct options *o)
{
	list_denied(o, confine_recordings);
}

void mode_landlock_run(const struct options *o)
{
	list_denied(o, confine_command);
}
