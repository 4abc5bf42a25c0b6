/* SPDX-License-Identifier: Apache-2.0 */
#include "privilege.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "kernel/capability.h"

/*
 * Privileges are numbered: first the capabilities, then the creation of other
 * namespaces.
 */
enum { NAMESPACES = PRIVILEGE_CAPABILITY + 1, PRIVILEGES };

struct used {
	uint64_t count;		/* 0: not used */
	struct text_list calls;	/* "bind, socket" */
	char *text;		/* text of `calls`, when that is complete */
};

static bool has_privileges(const struct side *s)
{
	for (size_t i = 0; s->trace && i < s->trace->n_runs; i++)
		if (!run_has_how(s->trace->runs[i], "privileges"))
			return false;
	return s->trace && s->trace->n_runs;
}

/* In the list of facts_by_id(), facts of the same call are neighbours. */
static void take_used(const struct trace *t, struct used used[PRIVILEGES])
{
	struct fact **facts = facts_by_id(&t->privileges);
	struct call_id last[PRIVILEGES];

	for (size_t i = 0; i < t->privileges.n; i++) {
		uint32_t what = privilege_of(facts[i]);
		uint32_t at = what == PRIVILEGE_OF_NAMESPACES ? NAMESPACES :
			what & PRIVILEGE_CAPABILITY;
		struct used *u = &used[at];
		char name[SYSCALL_NAME_MAX];

		if (facts[i]->id.nr >= 0 &&
		    (!u->calls.n || call_id_compare(&last[at], &facts[i]->id)))
			text_list_add(&u->calls,
				      syscall_label(facts[i]->id, name));
		last[at] = facts[i]->id;
		u->count = count_add(u->count, fact_count(facts[i]));
	}
	free(facts);
	for (size_t i = 0; i < PRIVILEGES; i++)
		used[i].text = text_list_end(&used[i].calls);
}

static void print_one(char sign, const char *name, const struct used *u,
		      enum compare_style style, FILE *out)
{
	const char *calls = u->text ? u->text : "no call";
	const char *what = sign == '+' ? "added" : "removed";

	if (style == STYLE_MARKDOWN)
		fprintf(out, "| %s | `%s` | %" PRIu64 " | %s |\n", what, name,
			u->count, calls);
	else if (style == STYLE_GITHUB)
		fprintf(out, "::%s title=privilege %s::%s, used in %s\n",
			sign == '+' ? "warning" : "notice", what, name, calls);
	else
		fprintf(out, "%c %s  %" PRIu64 "  (privilege, used in %s)\n",
			sign, name, u->count, calls);
}

static const char *privilege_name(size_t i, char buf[CAPABILITY_NAME_MAX])
{
	return i == NAMESPACES ? "other namespaces" : capability_name(i, buf);
}

static bool print_all(const struct used *old, const struct used *new,
		      const struct comparison *c)
{
	char name[CAPABILITY_NAME_MAX];
	bool any = false, differ = false;

	for (size_t i = 0; i < PRIVILEGES; i++) {
		bool added = new[i].count;
		bool counts = c->flags & (added ? COMPARE_ADDED :
					  COMPARE_REMOVED);

		if (!old[i].count == !new[i].count)
			continue;
		differ |= counts;
		if (!c->out || (c->style == STYLE_GITHUB && !counts))
			continue;
		if (!any && c->style == STYLE_MARKDOWN)
			fputs("\n### Privileges\n\n| | privilege | times | "
			      "used in |\n|---|---|---|---|\n", c->out);
		any = true;
		print_one(added ? '+' : '-', privilege_name(i, name),
			  added ? &new[i] : &old[i], c->style, c->out);
	}
	return differ;
}

bool compare_privileges(const struct side *old, const struct side *new,
			const struct comparison *c)
{
	struct used used[2][PRIVILEGES] = { 0 };
	bool has_old = has_privileges(old), has_new = has_privileges(new);
	bool differ = false;

	if (old->trace && new->trace && has_old != has_new)
		message_note("privileges are not compared: the %s recording "
			     "has runs without --privileges",
			     has_old ? "new" : "old");
	if (!has_old || !has_new)
		return false;
	take_used(old->trace, used[0]);
	take_used(new->trace, used[1]);
	differ = print_all(used[0], used[1], c);
	for (size_t i = 0; i < PRIVILEGES; i++) {
		free(used[0][i].text);
		free(used[1][i].text);
	}
	return differ;
}
