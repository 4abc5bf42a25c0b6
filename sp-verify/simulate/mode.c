/* SPDX-License-Identifier: Apache-2.0 */
/* Compares a profile with recordings. */
#include "mode.h"

#include "base/message.h"
#include "recordings.h"
#include "report/list.h"
#include "simulate/simulate.h"

static bool simulate_recordings(const struct options *o,
				const struct filter *filter,
				struct report *report, struct learn *learn)
{
	struct trace *t = recordings_load(o);
	bool ok = t && trace_is_usable(t, o->partial);

	if (ok) {
		size_t n = simulate(filter, t, report);

		if (!report_size(report))
			message_note("%zu call%s, no violation", n,
				     n == 1 ? "" : "s");
		if (learn)
			learn_trace(learn, t, filter);
	}
	trace_free(t);
	return ok;
}

void mode_simulate(const struct options *o)
{
	list_violations(o, simulate_recordings);
}
