/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a command, or the commands of recordings, under a profile. */
#include "mode.h"

#include <string.h>

#include "base/message.h"
#include "process/describe.h"
#include "recordings.h"
#include "report/list.h"
#include "run/live.h"
#include "run/outcome.h"
#include "run/prepare.h"
#include "run/replay.h"

static struct live_options live_options(const struct options *o,
					const struct filter *filter,
					struct learn *learn,
					struct prepared *prepared)
{
	return (struct live_options){
		.filter = filter, .enforce = o->enforce, .timeout = o->timeout,
		.forward = &prepared->forward, .learn = learn,
	};
}

static bool print_if_clean(bool ran, const struct report *report)
{
	if (ran && report_is_clean(report) && message_status() == STATUS_YES)
		message_note("no violation");
	return ran || report_size(report);
}

static bool run_command(const struct options *o, const struct filter *filter,
			struct report *report, struct learn *learn)
{
	struct prepared prepared;
	bool ok = prepare(&prepared, o);
	struct live_options live = live_options(o, filter, learn, &prepared);
	struct live_result result;
	struct run run = { 0 };
	int error = describe_run(&run, o->command, NULL,
				 prepared.command.user);

	if (error)
		message_fatal("cannot describe the run: %s",
			      strerror(-error));
	describe_append(&run.how, "command");
	ok = ok && live_run(&live, &prepared.command, &run, report, &result);
	prepare_end(&prepared);
	if (ok && o->enforce)
		outcome_print(&result);
	run_free(&run);
	return print_if_clean(ok, report);
}

static bool run_recorded(const struct options *o, const struct filter *filter,
			 struct report *report, struct learn *learn)
{
	struct trace *t = recordings_load(o);
	struct prepared prepared;
	struct live_options live;
	bool ok;

	if (!t)
		return false;
	ok = prepare(&prepared, o);
	live = live_options(o, filter, learn, &prepared);
	ok = ok && replay(t, o->run, prepared.command.stdout_fd, &live, report);
	prepare_end(&prepared);
	trace_free(t);
	return print_if_clean(ok, report);
}

void mode_run(const struct options *o)
{
	list_violations(o, run_command);
}

void mode_replay(const struct options *o)
{
	list_violations(o, run_recorded);
}
