/* SPDX-License-Identifier: Apache-2.0 */
#include "run/outcome.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"

/* Returns "exited with 0 after 1.2 s"; the caller frees it. */
static char *describe(bool has_status, int32_t status, uint64_t duration_ns)
{
	double seconds = duration_ns / 1e9;
	const char *name = status < 0 ? sigabbrev_np(-status) : NULL;

	if (!has_status)
		return xasprintf("was still running after %.1f s", seconds);
	if (name)
		return xasprintf("was killed by SIG%s after %.1f s", name,
				 seconds);
	return xasprintf(status < 0 ? "was killed by signal %d after %.1f s" :
			 "exited with %d after %.1f s", abs(status), seconds);
}

static char *describe_result(const struct live_result *r)
{
	if (r->refused)
		return xstrdup("was not started");
	return describe(r->has_status, r->status, r->duration_ns);
}

void outcome_print(const struct live_result *result)
{
	char *text = describe_result(result);

	message_note("under the profile it %s", text);
	free(text);
}

void outcome_compare(const struct run *recorded,
		     const struct live_result *result, struct report *report)
{
	char *then, *now;

	if (!recorded->has_status) {
		message_note("the recording does not contain how the command "
			     "ended");
		outcome_print(result);
		return;
	}
	then = describe(true, recorded->status, recorded->duration_ns);
	now = describe_result(result);
	message_note("the command %s when it was recorded; under the profile "
		     "it %s", then, now);
	if (result->has_status && result->status != recorded->status &&
	    !result->interfered)
		report_add_end(report, now);
	free(then);
	free(now);
}
