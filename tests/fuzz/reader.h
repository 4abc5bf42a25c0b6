/* SPDX-License-Identifier: Apache-2.0 */
/* The fuzz target of the reader of one profile format. */
#ifndef READER_H
#define READER_H

#include "fuzz.h"
#include "profile/private.h"

typedef bool fuzz_reader(struct reader *r, char *text, size_t n);

/*
 * With this PATH, the groups of systemd are refused and no program is executed.
 */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return setenv("PATH", "/nonexistent", 1);
}

static void judge_rule(const struct profile_rule *rule)
{
	if (rule->n_args > 6)
		abort();
	for (size_t i = 0; i < rule->n_args; i++)
		if (rule->args[i].index > 5)
			abort();
}

/*
 * A reader returns a profile or a reason, never both. Uses the profile as the
 * tools do.
 */
static void judge(bool ok, struct profile *p, const char *problem)
{
	size_t n;

	if (ok == (problem != NULL) || (ok && !p))
		abort();
	if (!ok)
		return;
	profile_sort(p);
	for (size_t i = 0; i < p->n_rules; i++)
		judge_rule(&p->rules[i]);
	/* If calls are allowed by default, the list would have every number. */
	if (!action_allows(p->default_action))
		free(profile_allowed(p, &n));
}

static void fuzz_read(fuzz_reader *read, const struct host *host,
		      const uint8_t *data, size_t size)
{
	char *problem = NULL, *text = fuzz_text(data, size);
	struct reader r = { .root = "", .host = host, .problem = &problem };
	bool ok = read(&r, text, size);

	judge(ok, r.profile, problem);
	profile_free(r.profile);
	free(problem);
	free(text);
}

/*
 * Reads the profile as a container engine does on an old and on a new kernel.
 */
static void fuzz_read_twice(fuzz_reader *read, const uint8_t *data,
			    size_t size)
{
	static const struct host hosts[] = {
		{ .version = 4, .patchlevel = 4 },
		{ .version = 6, .patchlevel = 18, .caps = UINT64_MAX,
		  .caps_given = true, .adds_native = true },
	};

	fuzz_read(read, &hosts[0], data, size);
	fuzz_read(read, &hosts[1], data, size);
}

#endif
