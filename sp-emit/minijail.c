/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy for `minijail0 -S`: minijail0(5), SECCOMP_FILTER SYNTAX. It is of
 * the native architecture, and what it does not name is killed.
 */
#include "format.h"

static void write_rule(const struct profile_rule *rule, FILE *out)
{
	if (rule->name)
		fprintf(out, "%s: ", rule->name);
	else
		fprintf(out, "%d: ", rule->id.nr);
	if (rule->action == SECCOMP_RET_ALLOW)
		fputs("1\n", out);
	else
		fprintf(out, "return %u\n", rule->action & SECCOMP_RET_DATA);
}

void write_minijail(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;

	fputs("# Written by sp-emit from a recording.\n", out);
	if (emit->partial)
		fputs("# The recording is incomplete.\n", out);
	for (size_t i = 0; i < p->n_rules; i++)
		write_rule(&p->rules[i], out);
}
