/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy for `minijail0 -S`: minijail0(5), SECCOMP_FILTER SYNTAX. It is for
 * the native architecture, and kills at calls that it does not name. minijail0
 * refuses lines with a number, although its manual has them (seen in
 * 2026.05.18).
 */
#include <inttypes.h>
#include <seccomp.h>

#include "format.h"
#include "profile/compare.h"

/*
 * Writes the condition that the bits of an argument under `mask` have a value.
 * Each bit that must be set needs a test of its own, since minijail's `&` holds
 * if any of several bits is set. One more test requires that the other bits are
 * clear.
 */
static void write_bits(uint32_t index, uint64_t mask, uint64_t value,
		       FILE *out)
{
	const char *and = "";

	for (uint64_t bit = 1; bit; bit <<= 1)
		if (value & bit) {
			fprintf(out, "%sarg%u & 0x%" PRIx64, and, index, bit);
			and = " && ";
		}
	if (mask & ~value)
		fprintf(out, "%sarg%u in ~0x%" PRIx64, and, index,
			mask & ~value);
}

static void write_conditions(const struct profile_rule *rule, FILE *out)
{
	for (uint32_t i = 0; i < rule->n_args; i++) {
		const struct profile_arg *arg = &rule->args[i];

		fputs(i ? " && " : "", out);
		if (compare_sign(arg->op))
			fprintf(out, "arg%u %s 0x%" PRIx64, arg->index,
				compare_sign(arg->op), arg->value);
		else
			write_bits(arg->index, arg->value, arg->value_two, out);
	}
}

/* Writes all rules of a call as one line, joined by "||". */
static size_t write_rule(const struct profile *p, size_t i, FILE *out)
{
	const struct profile_rule *first = &p->rules[i];

	fprintf(out, "%s: ", first->name);
	if (!first->n_args) {
		if (first->action == SECCOMP_RET_ALLOW)
			fputs("1\n", out);
		else
			fprintf(out, "return %u\n",
				first->action & SECCOMP_RET_DATA);
		return i + 1;
	}
	for (; i < p->n_rules &&
	       !call_id_compare(&p->rules[i].id, &first->id); i++) {
		fputs(&p->rules[i] == first ? "" : " || ", out);
		write_conditions(&p->rules[i], out);
	}
	putc('\n', out);
	return i;
}

void write_minijail(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;

	write_head(emit, "# ", out);
	for (size_t i = 0; i < p->n_rules;)
		i = write_rule(p, i, out);
}
