/* SPDX-License-Identifier: Apache-2.0 */
/* A drop-in for a systemd service: systemd.exec(5), SYSTEM CALL FILTERING. */
#include <stdlib.h>
#include <string.h>

#include "format.h"

enum { LINE_MAX_COLUMNS = 78 };

/* Assignments add up, so that a long list can be on several lines. */
static void write_list(const char *start, const char **names, size_t n,
		       FILE *out)
{
	size_t column = 0;

	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(names[i]);

		if (column && column + 1 + length > LINE_MAX_COLUMNS) {
			putc('\n', out);
			column = 0;
		}
		column += column ?
			fprintf(out, " %s", names[i]) :
			fprintf(out, "%s%s", start, names[i]);
	}
	putc('\n', out);
}

static void write_archs(const struct profile *p, FILE *out)
{
	fputs("SystemCallArchitectures=\nSystemCallArchitectures=native", out);
	for (size_t i = 1; i < p->n_archs; i++)
		fprintf(out, " %s", p->archs[i]->systemd);
	putc('\n', out);
}

/* An allow-list, and what a call outside it gets. */
static void write_filter(const struct profile *p, const char **names, size_t n,
			 FILE *out)
{
	char buf[ACTION_NAME_MAX];
	bool kill = (p->default_action & SECCOMP_RET_ACTION_FULL) ==
		    SECCOMP_RET_KILL_PROCESS;

	fputs("SystemCallFilter=\n", out);
	write_list("SystemCallFilter=", names, n, out);
	write_archs(p, out);
	/* Nothing assigned is systemd's own default: the process is killed. */
	fprintf(out, "SystemCallErrorNumber=%s\n",
		kill ? "" : action_name(p->default_action, buf));
}

/* Every call outside the list is logged, and none denied. */
static void write_log(const char **names, size_t n, FILE *out)
{
	fputs("SystemCallFilter=\nSystemCallLog=\n", out);
	write_list("SystemCallLog=~", names, n, out);
}

void write_systemd(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;
	size_t n;
	const char **names = names_with_action(p, SECCOMP_RET_ALLOW, &n);

	fputs("# Written by sp-emit from a recording.\n", out);
	if (emit->partial)
		fputs("# The recording is incomplete.\n", out);
	fputs("[Service]\n", out);
	if (p->default_action == SECCOMP_RET_LOG)
		write_log(names, n, out);
	else
		write_filter(p, names, n, out);
	free(names);
}
