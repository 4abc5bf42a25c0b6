/* SPDX-License-Identifier: Apache-2.0 */
#include "trust.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "kernel/path.h"
#include "names.h"

static void trust(struct facts *facts)
{
	for (size_t i = 0; i < facts->n; i++)
		facts->at[i]->id.nr &= ~(NAME_CLAIM | NAME_ELSEWHERE);
}

void trust_names(struct trace *t)
{
	for (; t; t = t->whole) {
		trust(&t->paths);
		trust(&t->moves);
	}
}

enum kind { PLAIN, CLAIMED, ELSEWHERE, KINDS };

static enum kind kind_of(uint32_t access)
{
	return access & NAME_ELSEWHERE ? ELSEWHERE :
		access & NAME_CLAIM ? CLAIMED : PLAIN;
}

static bool is_counted(const struct fact *fact, uint32_t access)
{
	uint32_t own = fact->id.nr;

	return own & access && path_needs_right(own, fact->answer) &&
		!(own & (NAME_CUT | NAME_UNREAD)) &&
		own & (NAME_GIVEN | NAME_CLAIM | NAME_ELSEWHERE);
}

struct doubted {
	size_t n[KINDS];
	char *example[KINDS];
};

static void find_doubted(const struct trace *t, uint32_t access,
			 struct doubted *d)
{
	for (size_t i = 0; i < t->paths.n; i++) {
		const struct fact *fact = t->paths.at[i];
		enum kind kind = kind_of(fact->id.nr);
		char *path;

		if (!is_counted(fact, access) || d->n[kind]++)
			continue;
		path = path_of_fact(fact);
		d->example[kind] = text_printable(path);
		free(path);
	}
}

void note_doubted(const struct trace *t, uint32_t access, bool trusted)
{
	static const char *const words[KINDS] = {
		"plain", "claimed", "in another mount namespace or root",
	};
	struct doubted d = { 0 };
	bool all = true;	/* whether all names are used */
	char *list = NULL;

	find_doubted(t, access & ~(uint32_t)NAME_LOOK, &d);
	for (int kind = 0; kind < KINDS; kind++) {
		bool used = kind == PLAIN || trusted;
		char *text = used ? xasprintf("%zu %s (used)", d.n[kind],
					      words[kind]) :
			xasprintf("%zu %s (left out, such as %s)", d.n[kind],
				  words[kind], d.example[kind]);

		if (d.n[kind])
			text_append(&list, "; ", text);
		all &= used || !d.n[kind];
		free(text);
		free(d.example[kind]);
	}
	if (list)
		message_note("the kernel did not confirm all names: %s%s",
			     list, all ? "" : "; --trust-names uses all of them");
	free(list);
}
