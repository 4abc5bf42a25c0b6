/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy for nsjail --seccomp_policy, in the language of Kafel: README.md of
 * github.com/google/kafel. It is for the native architecture. Calls that only
 * newer versions of Kafel can name are written as numbers.
 */
#include <inttypes.h>
#include <seccomp.h>
#include <stdlib.h>

#include "format.h"
#include "profile/compare.h"
#include "profile/kafel-calls.h"

static void write_action(uint32_t action, FILE *out)
{
	uint32_t data = action & SECCOMP_RET_DATA;

	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
		fputs("ALLOW", out);
		break;
	case SECCOMP_RET_LOG:
		fputs("LOG", out);
		break;
	case SECCOMP_RET_ERRNO:
		fprintf(out, "ERRNO(%u)", data);
		break;
	default:
		fputs("KILL_PROCESS", out);
	}
}

/* Writes "read", or "SYSCALL[435]". */
static void write_call(struct call_id id, FILE *out)
{
	char buf[SYSCALL_NAME_MAX];
	const char *name = kafel_name(id, buf);

	if (name)
		fputs(name, out);
	else
		fprintf(out, "SYSCALL[%d]", id.nr);
}

static void write_argument(const struct profile_arg *arg, FILE *out)
{
	bool masked = arg->op == SCMP_CMP_MASKED_EQ ||
		      arg->op == PROFILE_CMP_MASKED_NE;
	const char *sign = !masked ? compare_sign(arg->op) :
		arg->op == SCMP_CMP_MASKED_EQ ? "==" : "!=";

	if (masked)
		fprintf(out, "(a%u & 0x%" PRIx64 ")", arg->index, arg->value);
	else
		fprintf(out, "a%u", arg->index);
	fprintf(out, " %s 0x%" PRIx64, sign,
		masked ? arg->value_two & arg->value : arg->value);
}

/* Writes "(a0, a1, a2)": declared arguments have 64 bits. */
static void write_declaration(const struct profile_rule *rules, size_t n,
			      FILE *out)
{
	uint32_t last = 0;

	for (size_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < rules[i].n_args; j++)
			if (rules[i].args[j].index > last)
				last = rules[i].args[j].index;
	for (uint32_t i = 0; i <= last; i++)
		fprintf(out, "%sa%u", i ? ", " : "(", i);
	fputs(") {", out);
}

/* Writes the rules of one call, joined by "or". */
static void write_rules(const struct profile_rule *rules, size_t n, FILE *out)
{
	char buf[SYSCALL_NAME_MAX];

	fputs("\t\t", out);
	write_call(rules->id, out);
	if (rules->n_args) {
		write_declaration(rules, n, out);
		for (size_t i = 0; i < n; i++) {
			fputs(i ? ",\n\t\t\t" : "\n\t\t\t", out);
			for (uint32_t j = 0; j < rules[i].n_args; j++) {
				fputs(j ? " && " : "", out);
				write_argument(&rules[i].args[j], out);
			}
		}
		fputs("\n\t\t}", out);
	}
	if (!kafel_name(rules->id, buf) && rules->name)
		fprintf(out, " /* %s */", rules->name);
}

static size_t same_call(const struct profile *p, size_t i)
{
	size_t n = 1;

	while (i + n < p->n_rules &&
	       !call_id_compare(&p->rules[i].id, &p->rules[i + n].id))
		n++;
	return n;
}

/* Writes "ALLOW { … }", with the calls that have this action. */
static void write_block(const struct profile *p, uint32_t action, bool last,
			FILE *out)
{
	const char *comma = "\n";
	size_t n;

	fputs("\t", out);
	write_action(action, out);
	fputs(" {", out);
	for (size_t i = 0; i < p->n_rules; i += n) {
		n = same_call(p, i);
		if (p->rules[i].action != action)
			continue;
		fputs(comma, out);
		write_rules(&p->rules[i], n, out);
		comma = ",\n";
	}
	fprintf(out, "\n\t}%s\n", last ? "" : ",");
}

void write_kafel(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;
	size_t n;
	uint32_t *actions = rule_actions(p, &n);

	write_head(emit, "// ", out);
	fputs("POLICY sandprint {\n", out);
	for (size_t i = 0; i < n; i++)
		write_block(p, actions[i], i + 1 == n, out);
	fputs("}\nUSE sandprint DEFAULT ", out);
	write_action(p->default_action, out);
	putc('\n', out);
	free(actions);
}
