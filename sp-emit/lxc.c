/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy for lxc.seccomp.profile, version 2: lxc.container.conf(5), SECCOMP
 * CONFIGURATION. LXC applies one list to all architectures of the machine, and
 * skips names for which its libseccomp has no number on an architecture. The
 * default action never kills, because lxc-init would be killed, too; most of
 * its own calls may fail.
 */
#include <inttypes.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "format.h"
#include "profile/compare.h"

static void write_action(uint32_t action, FILE *out)
{
	if (action == SECCOMP_RET_ALLOW)
		fputs("allow", out);
	else
		fprintf(out, "errno %u", action & SECCOMP_RET_DATA);
}

static void write_condition(const struct profile_arg *arg, FILE *out)
{
	bool masked = arg->op == SCMP_CMP_MASKED_EQ;

	fprintf(out, "[%u,0x%" PRIx64 ",%s", arg->index,
		masked ? arg->value_two : arg->value,
		compare_name(arg->op));
	if (masked)
		fprintf(out, ",0x%" PRIx64, arg->value);
	putc(']', out);
}

/*
 * Returns "read", "clone3 errno 38", "socket allow [0,0x1,SCMP_CMP_EQ]"; the
 * caller frees it.
 */
static char *rule_line(const struct profile_rule *rule)
{
	char *line = NULL;
	size_t n;
	FILE *out = open_memstream(&line, &n);

	if (!out)
		message_fatal("out of memory");
	fputs(rule->name, out);
	if (rule->action != SECCOMP_RET_ALLOW || rule->n_args) {
		putc(' ', out);
		write_action(rule->action, out);
	}
	if (rule->n_args)
		putc(' ', out);
	for (uint32_t i = 0; i < rule->n_args; i++)
		write_condition(&rule->args[i], out);
	if (fclose(out))
		message_fatal("out of memory");
	return line;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * Refuses calls that LXC would skip, because the container could not make them.
 */
static void check_rule(const struct profile_rule *rule)
{
	const struct arch *arch = arch_of_call(rule->id);

	if (rule->origin & PROFILE_OBSERVED && arch->scmp != SCMP_ARCH_X86_64 &&
	    seccomp_syscall_resolve_name_arch(arch->scmp, rule->name) < 0)
		message_error("%s %s: LXC would skip the call, since it is also "
			      "made through socketcall or ipc", arch->name,
			      rule->name);
}

/* Writes the lines of all architectures, each line once. */
static void write_rules(const struct profile *p, FILE *out)
{
	char **lines = xcalloc(p->n_rules + 1, sizeof(*lines));

	for (size_t i = 0; i < p->n_rules; i++) {
		check_rule(&p->rules[i]);
		lines[i] = rule_line(&p->rules[i]);
	}
	qsort(lines, p->n_rules, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < p->n_rules; i++)
		if (!i || strcmp(lines[i - 1], lines[i]))
			fprintf(out, "%s\n", lines[i]);
	for (size_t i = 0; i < p->n_rules; i++)
		free(lines[i]);
	free(lines);
}

void write_lxc(const struct emit *emit, FILE *out)
{
	fputs("2\nallowlist ", out);
	write_action(emit->profile->default_action, out);
	putc('\n', out);
	write_head(emit, "# ", out);
	fputs("[all]\n", out);
	write_rules(emit->profile, out);
}
