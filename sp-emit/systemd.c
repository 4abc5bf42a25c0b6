/* SPDX-License-Identifier: Apache-2.0 */
/* A drop-in for a systemd service: systemd.exec(5), SYSTEM CALL FILTERING. */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "format.h"
#include "harden.h"

enum { LINE_MAX_COLUMNS = 78 };

/*
 * Writes a list on several lines, which is possible since assignments add up.
 */
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

/* Writes an allow-list, and the answer to all other calls. */
static void write_filter(const struct profile *p, const char **names, size_t n,
			 FILE *out)
{
	char buf[ACTION_NAME_MAX];
	bool kill = (p->default_action & SECCOMP_RET_ACTION_FULL) ==
		    SECCOMP_RET_KILL_PROCESS;

	fputs("SystemCallFilter=\n", out);
	write_list("SystemCallFilter=", names, n, out);
	write_archs(p, out);
	/* Without this assignment, systemd kills the process. */
	fprintf(out, "SystemCallErrorNumber=%s\n",
		kill ? "" : action_name(p->default_action, buf));
}

/* Writes a filter that logs each call outside the list and denies none. */
static void write_log(const char **names, size_t n, FILE *out)
{
	fputs("SystemCallFilter=\nSystemCallLog=\n", out);
	write_list("SystemCallLog=~", names, n, out);
}

static int by_family(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/*
 * Returns the values of socket(2)'s first argument, the only one that systemd
 * compares.
 */
static uint32_t *families_of(const struct trace *t, size_t *n)
{
	uint32_t *families = xcalloc(t->arguments.n, sizeof(*families));
	char buf[SYSCALL_NAME_MAX];
	size_t used = 0;

	*n = 0;
	for (size_t i = 0; i < t->arguments.n; i++) {
		struct argument_value values[ARGUMENT_VALUES_MAX];
		const struct fact *fact = t->arguments.at[i];

		if (argument_values(fact, values) && !values[0].index &&
		    !strcmp(syscall_label(fact->id, buf), "socket"))
			families[used++] = values[0].value;
	}
	qsort(families, used, sizeof(*families), by_family);
	for (size_t i = 0; i < used; i++)
		if (!i || families[i] != families[i - 1])
			families[(*n)++] = families[i];
	return families;
}

/*
 * Leaves out families without a name, which a unit file cannot express; the
 * kernel refuses them anyway. systemd accepts "none" since version 249.
 */
static void write_families(const struct trace *t, FILE *out)
{
	size_t n, named = 0;
	uint32_t *families = families_of(t, &n);

	fputs("RestrictAddressFamilies=\nRestrictAddressFamilies=", out);
	for (size_t i = 0; i < n; i++)
		if (families[i] && family_name(families[i]))
			fprintf(out, "%s%s", named++ ? " " : "",
				family_name(families[i]));
	fputs(named ? "\n" : "none\n", out);
	free(families);
}

static void leave_out_families(const char *why, FILE *out)
{
	char *text = xasprintf("RestrictAddressFamilies= is left out: %s", why);

	message_note("--harden: %s", text);
	text_append(&text, "", ".");
	write_comment(text, "# ", out);
	free(text);
}

static void harden_families(const struct emit *emit, FILE *out)
{
	if (harden_allows_denied(emit, "socket")) {
		leave_out_families("arguments of socket, which was denied, "
				   "are not recorded", out);
	} else if (args_unknown(emit->trace, "socket")) {
		leave_out_families("not all arguments of socket are known",
				   out);
	} else {
		fputs("# RestrictAddressFamilies=: those that socket was "
		      "called with.\n", out);
		write_families(emit->trace, out);
	}
}

/*
 * Returns false, with a note, for an incomplete recording, which proves
 * nothing.
 */
static bool can_harden(const struct emit *emit)
{
	if (emit->harden && emit->partial)
		message_note("--harden: no setting is written, since the "
			     "recording is incomplete");
	return emit->harden && !emit->partial;
}

void write_systemd(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;
	size_t n;
	const char **names = names_with_action(p, SECCOMP_RET_ALLOW, &n);
	bool harden = can_harden(emit);

	write_head(emit, "# ", out);
	fputs("[Service]\n", out);
	if (p->default_action == SECCOMP_RET_LOG)
		write_log(names, n, out);
	else
		write_filter(p, names, n, out);
	if (harden) {
		harden_families(emit, out);
		write_harden(emit, out);
	} else if (emit->args && args_knows(emit->trace, "socket")) {
		write_families(emit->trace, out);
	}
	if (emit->paths)
		write_systemd_paths(emit, out);
	free(names);
}
