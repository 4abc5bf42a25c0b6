/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "write-limit.h"

#define SECOND 1000000000ULL	/* ns */

/* On a terminal the line is redrawn; in a log, each update is a new line. */
enum { TERMINAL_PERIOD_MS = 250, LOG_PERIOD_MS = 1000 };

struct progress_line {
	uint64_t start_ns, due_ns, period_ns;
	bool terminal, drawn;
};

struct progress_line *progress_new(uint64_t now_ns)
{
	struct progress_line *line = xcalloc(1, sizeof(*line));

	line->terminal = isatty(STDERR_FILENO);
	line->period_ns = (line->terminal ? TERMINAL_PERIOD_MS :
			   LOG_PERIOD_MS) * 1000000ULL;
	line->start_ns = now_ns;
	line->due_ns = now_ns + line->period_ns;
	return line;
}

static double seconds(uint64_t from_ns, uint64_t to_ns)
{
	return to_ns > from_ns ? (double)(to_ns - from_ns) / SECOND : 0;
}

void progress_show(struct progress_line *line, const struct tracer *tracer,
		   uint64_t now_ns)
{
	struct tracer_glance g;

	if (!line || now_ns < line->due_ns)
		return;
	line->due_ns = now_ns + line->period_ns;
	if (!write_is_possible(STDERR_FILENO))
		return;
	line->drawn = true;
	tracer_glance(tracer, &g);
	fprintf(stderr, "%ssp-record: %.1f s, %llu calls, %llu distinct, "
		"%llu task%s, last new call %.1f s ago%s",
		line->terminal ? "\r\033[K" : "",
		seconds(line->start_ns, now_ns),
		(unsigned long long)g.calls, (unsigned long long)g.distinct,
		(unsigned long long)g.live, g.live == 1 ? "" : "s",
		seconds(g.last_new_ns, tracer_now(tracer)),
		line->terminal ? "" : "\n");
	fflush(stderr);
}

uint64_t progress_due(const struct progress_line *line)
{
	return line ? line->due_ns : 0;
}

void progress_free(struct progress_line *line)
{
	if (line && line->terminal && line->drawn &&
	    write_is_possible(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	free(line);
}
