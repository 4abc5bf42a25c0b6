/* SPDX-License-Identifier: Apache-2.0 */
/* A command, or the commands of recordings, under a profile. */
#include "mode.h"

#include <string.h>

#include "base/message.h"
#include "process/describe.h"
#include "recordings.h"
#include "report/list.h"
#include "run/live.h"
#include "run/outcome.h"
#include "run/replay.h"
#include "run/workload.h"

static struct live_options live_options(const struct options *o,
					const struct filter *filter,
					struct learn *learn,
					struct workload *workload)
{
	return (struct live_options){
		.filter = filter, .enforce = o->enforce, .timeout = o->timeout,
		.passing = &workload->passing, .learn = learn,
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
	struct workload workload;
	bool ok = workload_begin(&workload, o);
	struct live_options live = live_options(o, filter, learn, &workload);
	struct live_result result;
	struct run run = { 0 };
	int error = describe_run(&run, o->command, NULL,
				 workload.command.user);

	if (error)
		message_fatal("%s", strerror(-error));
	describe_append(&run.how, "command");
	ok = ok && live_run(&live, &workload.command, &run, report, &result);
	workload_end(&workload);
	if (ok && o->enforce)
		outcome_say(&result);
	run_free(&run);
	return print_if_clean(ok, report);
}

static bool run_recorded(const struct options *o, const struct filter *filter,
			 struct report *report, struct learn *learn)
{
	struct trace *t = recordings_load(o);
	struct workload workload;
	struct live_options live;
	bool ok;

	if (!t)
		return false;
	ok = workload_begin(&workload, o);
	live = live_options(o, filter, learn, &workload);
	ok = ok && replay(t, o->run, workload.command.stdout_fd, &live, report);
	workload_end(&workload);
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
