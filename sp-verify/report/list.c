/* SPDX-License-Identifier: Apache-2.0 */
#include "report/list.h"

#include "base/message.h"
#include "base/output.h"

bool list_junit(const struct options *o, struct denied *denied,
		struct report *report)
{
	struct output *out;

	if (!o->junit)
		return true;
	if (!output_open(&out, o->junit, 0))
		return false;
	if (denied)
		denied_junit(denied, output_file(out));
	if (report)
		report_junit(report, output_file(out));
	return output_commit(out);
}

static void write_list(const struct options *o, struct report *report,
		       FILE *out)
{
	(o->json ? report_json : report_print)(report, out);
}

static void write_report(const struct options *o, struct report *report,
			 struct output *out)
{
	write_list(o, report, output_file(out));
	if (output_commit(out) && list_junit(o, NULL, report) &&
	    !report_is_clean(report))
		message_latch(STATUS_NO);
}

/* The stream is what was asked for: violations are no reason for STATUS_NO. */
static void write_learned(const struct options *o, struct report *report,
			  struct learn *learn, struct output *out)
{
	write_list(o, report, stderr);
	if (report_size(report))
		message_note("%zu violation%s learned", report_size(report),
			     report_size(report) == 1 ? "" : "s");
	learn_write(learn, output_file(out));
	if (output_commit(out))
		list_junit(o, NULL, report);
}

static void find_and_write(const struct options *o, const struct filter *f,
			   find_violations *find)
{
	struct report *report = report_new();
	struct learn *learn = o->learn ? learn_new() : NULL;
	unsigned int flags = OUTPUT_PRIVATE | (learn ? OUTPUT_BINARY : 0);
	struct output *out;

	if (output_open(&out, o->output, flags)) {
		if (!find(o, f, report, learn))
			output_abandon(out);
		else if (learn)
			write_learned(o, report, learn, out);
		else
			write_report(o, report, out);
	}
	learn_free(learn);
	report_free(report);
}

void list_violations(const struct options *o, find_violations *find)
{
	struct filter *filter = source_load(&o->source);

	if (filter || source_is_empty(&o->source))
		find_and_write(o, filter, find);
	filter_free(filter);
}
