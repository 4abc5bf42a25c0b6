/* SPDX-License-Identifier: Apache-2.0 */
#include "report/list.h"

#include <inttypes.h>

#include "base/message.h"
#include "base/output.h"
#include "files.h"

bool list_junit(const struct options *o, struct denied *denied,
		struct report *report)
{
	if (!o->junit)
		return true;
	if (denied)
		denied_junit(denied, output_file(o->files->junit));
	if (report)
		report_junit(report, output_file(o->files->junit));
	return files_commit(&o->files->junit);
}

static void write_list(const struct options *o, struct report *report,
		       FILE *out)
{
	(o->json ? report_json : report_print)(report, out);
	if (report_more(report))
		message_note("the list is full: %" PRIu64 " violations with "
			     "other numbers are not in it",
			     report_more(report));
}

static void write_report(const struct options *o, struct report *report)
{
	write_list(o, report, output_file(o->files->out));
	if (files_commit(&o->files->out) && list_junit(o, NULL, report) &&
	    !report_is_clean(report))
		message_latch(STATUS_NO);
}

/*
 * Writes the stream of --learn. The user asked for it, so violations do not set
 * STATUS_NO.
 */
static void write_learned(const struct options *o, struct report *report,
			  struct learn *learn)
{
	write_list(o, report, stderr);
	if (report_size(report))
		message_note("%zu violation%s learned", report_size(report),
			     report_size(report) == 1 ? "" : "s");
	learn_write(learn, output_file(o->files->out));
	if (files_commit(&o->files->out))
		list_junit(o, NULL, report);
}

static void find_and_write(const struct options *o, const struct filter *f,
			   find_violations *find)
{
	struct report *report = report_new();
	struct learn *learn = o->learn ? learn_new() : NULL;
	bool found = find(o, f, report, learn);

	if (found && learn)
		write_learned(o, report, learn);
	else if (found)
		write_report(o, report);
	learn_free(learn);
	report_free(report);
}

void list_violations(const struct options *o, find_violations *find)
{
	struct filter *filter = source_load(&o->source, &o->files->source);

	if (filter || source_is_empty(&o->source))
		find_and_write(o, filter, find);
	filter_free(filter);
}
