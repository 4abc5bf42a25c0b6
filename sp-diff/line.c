/* SPDX-License-Identifier: Apache-2.0 */
#include "line.h"

#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/memory.h"
#include "kernel/danger.h"
#include "kernel/purpose.h"
#include "label.h"

static size_t count_sign(const struct lines *l, char sign)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += !l->lines[i].folded && l->lines[i].sign == sign;
	return n;
}

/*
 * Returns "ptrace", or "ptrace (x86)". It contains no text from a recording, so
 * it is not escaped.
 */
static char *call_label(const struct line *line, const struct arch *native)
{
	char arch[ARCH_NAME_MAX];

	return is_foreign(line->entry->id, native) ?
		xasprintf("%s (%s)", line->name,
			  arch_label(line->entry->id, arch)) :
		xstrdup(line->name);
}

static const char *remark(const struct line *line)
{
	if (line->grouped)
		return "a group adds it";
	return line->entry->unsteady ? "unsteady" : "";
}

static char *image_cell(const struct line *line)
{
	char *image = line->entry->image ? image_label(line->entry->image) :
		NULL;
	char *cell = image ? markup_markdown(image) : xstrdup("");

	free(image);
	return cell;
}

static void markdown_row(const struct line *line, const struct arch *native,
			 FILE *out)
{
	const struct danger *danger = danger_of(line->entry->id);
	const struct purpose *purpose = purpose_of(line->entry->id);
	char *call = call_label(line, native), *image = image_cell(line);
	const char *other = remark(line);

	fprintf(out, "| %s | %s`%s` | %s | %s | %s: %s | ",
		line->sign == '+' ? "added" : "removed",
		danger ? ":warning: " : "", call, line->count, image,
		subject_name(purpose->subject), purpose->text);
	if (danger)
		fprintf(out, "dangerous, rank %d: %s%s", danger->rank,
			danger->reason, *other ? "; " : "");
	fprintf(out, "%s |\n", other);
	free(call);
	free(image);
}

void lines_markdown(const struct lines *l, const struct arch *native, FILE *out)
{
	size_t added = count_sign(l, '+'), removed = count_sign(l, '-');

	fprintf(out, "### System calls: %zu added, %zu removed\n", added,
		removed);
	if (!added && !removed)
		return;
	fputs("\n| | call | times | by | for | remark |\n"
	      "|---|---|---|---|---|---|\n", out);
	for (size_t i = 0; i < l->n; i++)
		if (!l->lines[i].folded)
			markdown_row(&l->lines[i], native, out);
}

static void github_line(const struct line *line, const struct arch *native,
			FILE *out)
{
	const struct danger *danger = danger_of(line->entry->id);
	const struct purpose *purpose = purpose_of(line->entry->id);
	char *call = call_label(line, native);
	char *image = line->entry->image ? image_label(line->entry->image) :
		NULL;
	char *by = image ? markup_command(image) : NULL;

	fprintf(out, "::%s title=system call %s::%s%s%s, %s: %s",
		line->sign == '+' ? "warning" : "notice",
		line->sign == '+' ? "added" : "removed", call,
		by ? " by " : "", by ? by : "",
		subject_name(purpose->subject), purpose->text);
	if (danger)
		fprintf(out, "; dangerous, rank %d: %s", danger->rank,
			danger->reason);
	putc('\n', out);
	free(call);
	free(image);
	free(by);
}

void lines_github(const struct lines *l, const struct arch *native, FILE *out)
{
	for (size_t i = 0; i < l->n; i++)
		if (!l->lines[i].folded && l->lines[i].counts)
			github_line(&l->lines[i], native, out);
}
