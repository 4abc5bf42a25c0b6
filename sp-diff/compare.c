/* SPDX-License-Identifier: Apache-2.0 */
#include "compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernel/danger.h"
#include "label.h"
#include "profile/group.h"

struct line {
	char sign;
	bool grouped;
	const struct entry *entry;
	char name[SYSCALL_NAME_MAX];
	char count[24];
};

struct lines {
	struct line *lines;
	size_t n;
	int name_width, count_width;
};

static unsigned int runtimes_of(enum profile_form form)
{
	static const unsigned int runtimes[] = {
		[PROFILE_CONTAINER] = RUNTIME_RUNC | RUNTIME_CRUN,
		[PROFILE_UNIT] = RUNTIME_SYSTEMD,
		[PROFILE_MINIJAIL] = 0,
		[PROFILE_FIREJAIL] = RUNTIME_FIREJAIL,
	};

	return runtimes[form];
}

/* Nobody observed the call: sp-emit adds it, or what loads the profile. */
static bool is_grouped(const struct side *own, const struct side *other,
		       const struct entry *entry)
{
	return own->profile && other->trace &&
		(profile_implies(own->profile, entry->id) ||
		 group_adds(entry->id, other->native,
			    runtimes_of(own->profile->form)));
}

static void add_line(struct lines *l, char sign, const struct side *own,
		     const struct side *other, const struct entry *entry)
{
	char name[SYSCALL_NAME_MAX];
	struct line *line;
	int width;

	l->lines = xgrow(l->lines, l->n, sizeof(*l->lines));
	line = &l->lines[l->n++];
	line->sign = sign;
	line->grouped = is_grouped(own, other, entry);
	line->entry = entry;
	snprintf(line->name, sizeof(line->name), "%s",
		 syscall_label(entry->id, name));
	width = strlen(line->name);
	if (width > l->name_width)
		l->name_width = width;
	width = own->profile ? snprintf(line->count, sizeof(line->count), "-") :
		snprintf(line->count, sizeof(line->count), "%" PRIu64,
			 entry->count);
	if (width > l->count_width)
		l->count_width = width;
}

static struct lines find_differences(const struct side *old,
				     const struct side *new)
{
	struct lines l = { 0 };
	size_t i = 0, j = 0;

	while (i < old->n_entries || j < new->n_entries) {
		const struct entry *a = &old->entries[i], *b = &new->entries[j];
		int order = i == old->n_entries ? 1 : j == new->n_entries ? -1 :
			entry_compare(a, b);

		if (order < 0)
			add_line(&l, '-', old, new, a);
		else if (order > 0)
			add_line(&l, '+', new, old, b);
		i += order <= 0;
		j += order >= 0;
	}
	return l;
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
	if (danger)
		fprintf(out, "  (dangerous: %s)", danger->reason);
	putc('\n', out);
}

static bool counts(const struct line *line, unsigned int flags)
{
	if (line->grouped && !(flags & COMPARE_GROUPS))
		return false;
	if (flags & COMPARE_DANGEROUS && !danger_of(line->entry->id))
		return false;
	return flags & (line->sign == '+' ? COMPARE_ADDED : COMPARE_REMOVED);
}

bool compare_sides(const struct side *old, const struct side *new,
		   unsigned int flags, FILE *out)
{
	struct lines l = find_differences(old, new);
	bool differ = false;

	for (size_t i = 0; i < l.n; i++) {
		differ |= counts(&l.lines[i], flags);
		if (out)
			print_line(&l, &l.lines[i], old->native, out);
	}
	free(l.lines);
	return differ;
}
