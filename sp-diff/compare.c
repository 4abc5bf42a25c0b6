/* SPDX-License-Identifier: Apache-2.0 */
#include "compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "kernel/danger.h"
#include "label.h"
#include "line.h"
#include "profile/group.h"
#include "stream/stack.h"

static unsigned int runtimes_of(enum profile_form form)
{
	static const unsigned int runtimes[] = {
		[PROFILE_CONTAINER] = RUNTIME_RUNC | RUNTIME_CRUN,
		[PROFILE_UNIT] = RUNTIME_SYSTEMD,
		[PROFILE_MINIJAIL] = 0,
		[PROFILE_FIREJAIL] = RUNTIME_FIREJAIL,
		[PROFILE_LXC] = RUNTIME_LXC,
		[PROFILE_KAFEL] = 0,
		[PROFILE_SNAP] = 0,
	};

	return runtimes[form];
}

/*
 * Whether the call is in the profile only because the profile's loader or a
 * group of sp-emit adds it.
 */
static bool is_grouped(const struct side *own, const struct side *other,
		       const struct entry *entry)
{
	struct group_choice choice = {
		.native = other->native,
		.threads = other->threads, .n_threads = other->n_threads,
	};

	if (!own->profile)
		return false;
	choice.runtimes = runtimes_of(own->profile->form);
	return profile_implies(own->profile, entry->id) ||
		(other->trace && group_adds(&choice, entry->id));
}

/*
 * Whether the call's line is left out. Without --arch, all calls of a recording
 * get a line, since they were made, but of a profile only those of the native
 * architecture: it has calls for each architecture of its machine.
 */
static bool is_folded(const struct comparison *c, const struct side *own,
		      const struct side *old, const struct entry *entry)
{
	const struct arch *arch = arch_of_call(entry->id);

	if (c->arch)
		return arch != c->arch;
	return !c->all_archs && own->profile && arch != old->native;
}

static void measure(struct lines *l, struct line *line, const char *count)
{
	int width = strlen(line->name);

	snprintf(line->count, sizeof(line->count), "%s", count);
	if (line->folded)
		return;
	if (width > l->name_width)
		l->name_width = width;
	if ((int)strlen(count) > l->count_width)
		l->count_width = strlen(count);
}

/*
 * Returns a stack of the call, made by the entry's image if it has one. Returns
 * NULL if there is none.
 */
static const struct fact *find_stack(const struct trace *t,
				     struct fact **stacks,
				     const struct entry *entry)
{
	size_t n = 0;
	struct fact **facts = t ? facts_of_call(stacks, t->stacks.n, entry->id,
						&n) : NULL;

	for (size_t i = 0; i < n; i++)
		if (!entry->image ||
		    entry->image == t->images[facts[i]->image])
			return facts[i];
	return NULL;
}

static void add_line(struct lines *l, const struct comparison *c,
		     char sign, const struct side *own,
		     const struct side *other, const struct entry *entry)
{
	char name[SYSCALL_NAME_MAX], count[24] = "-";
	struct line *line;

	l->lines = xgrow(l->lines, l->n, sizeof(*l->lines));
	line = &l->lines[l->n++];
	line->sign = sign;
	line->grouped = is_grouped(own, other, entry);
	line->folded = is_folded(c, own, sign == '-' ? own : other, entry);
	line->entry = entry;
	line->stack = find_stack(own->trace, l->stacks[sign == '+'], entry);
	snprintf(line->name, sizeof(line->name), "%s",
		 syscall_label(entry->id, name));
	if (!own->profile)
		snprintf(count, sizeof(count), "%" PRIu64, entry->count);
	measure(l, line, count);
}

/* Returns NULL for a profile. */
static struct fact **stacks_of(const struct side *side)
{
	return side->trace ? facts_by_id(&side->trace->stacks) : NULL;
}

static struct lines find_differences(const struct side *old,
				     const struct side *new,
				     const struct comparison *c)
{
	struct lines l = { .stacks = { stacks_of(old), stacks_of(new) } };
	size_t i = 0, j = 0;

	while (i < old->n_entries || j < new->n_entries) {
		const struct entry *a = &old->entries[i], *b = &new->entries[j];
		int order = i == old->n_entries ? 1 : j == new->n_entries ? -1 :
			entry_compare(a, b);

		if (order < 0)
			add_line(&l, c, '-', old, new, a);
		else if (order > 0)
			add_line(&l, c, '+', new, old, b);
		i += order <= 0;
		j += order >= 0;
	}
	free(l.stacks[0]);
	free(l.stacks[1]);
	return l;
}

static void print_stack(const struct fact *stack, FILE *out)
{
	char *chain = stack_chain(stack), *printable = text_printable(chain);

	fprintf(out, "    from %s\n", printable);
	free(printable);
	free(chain);
}

static void print_line(const struct lines *l, const struct line *line,
		       const struct arch *native, FILE *out)
{
	const struct danger *danger = danger_of(line->entry->id);
	char arch[ARCH_NAME_MAX];

	fprintf(out, "%c %-*s  %*s", line->sign, l->name_width, line->name,
		l->count_width, line->count);
	if (is_foreign(line->entry->id, native))
		fprintf(out, "  %s", arch_label(line->entry->id, arch));
	if (line->entry->image) {
		char *image = image_label(line->entry->image);

		fprintf(out, "  %s", image);
		free(image);
	}
	if (line->grouped)
		fputs("  (group)", out);
	if (line->entry->unsteady)
		fputs("  (unsteady)", out);
	if (danger)
		fprintf(out, "  (dangerous: %s)", danger->reason);
	putc('\n', out);
	if (line->stack)
		print_stack(line->stack, out);
}

static void print_lines(const struct lines *l, const struct arch *native,
			FILE *out)
{
	for (size_t i = 0; i < l->n; i++)
		if (!l->lines[i].folded)
			print_line(l, &l->lines[i], native, out);
}

static bool counts(const struct line *line, unsigned int flags)
{
	if (line->grouped && !(flags & COMPARE_GROUPS))
		return false;
	if (line->entry->unsteady && flags & COMPARE_STEADY)
		return false;
	if (flags & COMPARE_DANGEROUS && !danger_of(line->entry->id))
		return false;
	return flags & (line->sign == '+' ? COMPARE_ADDED : COMPARE_REMOVED);
}

/* Prints how many lines were left out: "3 lines of x86 and 2 of x32". */
static void note_folded(const struct lines *l)
{
	char *list = NULL;
	const struct arch *arch;

	for (size_t i = 0; (arch = arch_at(i)); i++) {
		size_t n = 0;
		char *text;

		for (size_t j = 0; j < l->n; j++)
			n += l->lines[j].folded &&
				arch_of_call(l->lines[j].entry->id) == arch;
		if (!n)
			continue;
		text = xasprintf("%s (%zu)", arch->name, n);
		text_append(&list, ", ", text);
		free(text);
	}
	if (list)
		message_note("differences that are not printed, by "
			     "architecture: %s; --arch=all prints them", list);
	free(list);
}

bool compare_sides(const struct side *old, const struct side *new,
		   const struct comparison *c)
{
	struct lines l = find_differences(old, new, c);
	bool differ = false;

	for (size_t i = 0; i < l.n; i++) {
		l.lines[i].counts = counts(&l.lines[i], c->flags);
		differ |= l.lines[i].counts;
	}
	if (c->out && c->style == STYLE_MARKDOWN)
		lines_markdown(&l, old->native, c->out);
	else if (c->out && c->style == STYLE_GITHUB)
		lines_github(&l, old->native, c->out);
	else if (c->out)
		print_lines(&l, old->native, c->out);
	if (c->out)
		note_folded(&l);
	free(l.lines);
	return differ;
}
