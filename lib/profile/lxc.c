/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An LXC policy, as in lxc.seccomp.profile: lxc.container.conf(5), SECCOMP
 * CONFIGURATION. Where that page leaves something open, src/lxc/seccomp.c of
 * LXC 5.0.2 decides. Version 1 is a list of numbers, version 2 a list of names.
 */
#include "profile/private.h"

#include <errno.h>
#include <limits.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "profile/compare.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

enum { ARGS_MAX = 6, RULES_MAX = 1 << 14 };

struct policy {
	struct reader *reader;
	uint32_t rule_action;	/* for lines without an action */
	bool skip;		/* in a section for another architecture */
};

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/*
 * Recognizes an action by its beginning, as LXC does: so "kill_process" is
 * "kill", which kills the thread.
 */
static bool read_action(struct reader *r, const char *text, uint32_t *action)
{
	static const struct {
		const char *name;
		uint32_t action;
	} actions[] = {
		{ "kill", SECCOMP_RET_KILL_THREAD },
		{ "allow", SECCOMP_RET_ALLOW },
		{ "trap", SECCOMP_RET_TRAP },
		{ "notify", SECCOMP_RET_USER_NOTIF },
	};
	int error;

	for (size_t i = 0; i < N_ELEMENTS(actions); i++)
		if (starts(text, actions[i].name)) {
			*action = actions[i].action;
			return true;
		}
	if (!starts(text, "errno"))
		return refuse(r, "%s: LXC has no such action", text);
	if (sscanf(text + strlen("errno"), "%d", &error) != 1 || error < 0 ||
	    error > ERRNO_MAX)
		return refuse(r, "%s: not an errno from 0 to %d", text, ERRNO_MAX);
	*action = SECCOMP_RET_ERRNO | error;
	return true;
}

static bool read_op(const char *text, int *op)
{
	size_t n = compare_sign_length(text, op);

	if (!strcmp(text, "&=")) {
		*op = SCMP_CMP_MASKED_EQ;
		return true;
	}
	return n ? !text[n] : compare_by_name(text, op);
}

static bool read_number(const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	return end != text && !*end && !errno && !strchr(text, '-') &&
	       *value <= max;
}

/* "INDEX,VALUE,OPERATOR" or "INDEX,VALUE,OPERATOR,MASK". */
static bool read_arg(struct reader *r, char *text, struct profile_arg *arg)
{
	char *index = strsep(&text, ","), *value = strsep(&text, ",");
	char *op = strsep(&text, ","), *mask = strsep(&text, ",");
	uint64_t number, bits = 0;

	if (!op)
		return refuse(r, "[%s: not [index,value,operator] or "
			      "[index,value,operator,mask]", index);
	if (!read_number(index, 5, &number))
		return refuse(r, "%s: not an argument from 0 to 5", index);
	arg->index = number;
	if (!read_number(value, UINT64_MAX, &arg->value) ||
	    (mask && !read_number(mask, UINT64_MAX, &bits)))
		return refuse(r, "%s%s%s: not a number", value,
			      mask ? "," : "", mask ? mask : "");
	if (!read_op(op, &arg->op))
		return refuse(r, "%s: not an operator", op);
	if (arg->op == SCMP_CMP_MASKED_EQ) {
		arg->value_two = arg->value;
		arg->value = bits;
	}
	return true;
}

static bool has_index(const struct profile_rule *rule, uint32_t index)
{
	for (uint32_t i = 0; i < rule->n_args; i++)
		if (rule->args[i].index == index)
			return true;
	return false;
}

/* Reads conditions. Each ends at a ']', and nothing may follow the last one. */
static bool read_args(struct reader *r, char *text, struct profile_rule *rule)
{
	char *rest = NULL;

	text = strtok_r(text, "]", &rest);
	for (; text; text = strtok_r(NULL, "]", &rest)) {
		struct profile_arg arg = { 0 };
		char *open = strchr(text, '[');

		if (!open)
			return refuse(r,
				      "%s: text after a condition, which LXC "
				      "refuses", text);
		if (rule->n_args == ARGS_MAX)
			return refuse(r, "more than %d conditions", ARGS_MAX);
		if (!read_arg(r, open + 1, &arg))
			return false;
		if (has_index(rule, arg.index))
			return refuse(r, "argument %u twice, which libseccomp "
				      "refuses", arg.index);
		rule->args[rule->n_args++] = arg;
	}
	return true;
}

static bool add_call(struct policy *p, const struct arch *arch,
		     struct profile_rule *rule)
{
	struct profile *profile = p->reader->profile;

	rule->id.arch = arch->audit;
	rule->id.nr = seccomp_syscall_resolve_name_arch(arch->scmp, rule->name);
	if (rule->id.nr >= 0)
		profile_add_rule(profile, rule);
	return profile->n_rules <= RULES_MAX ||
	       refuse(p->reader, "more than %d rules", RULES_MAX);
}

/*
 * Adds the rule for every architecture that has the call, no matter which
 * section it is in.
 */
static bool add_rule(struct policy *p, struct profile_rule *rule)
{
	struct profile *profile = p->reader->profile;

	if (seccomp_syscall_resolve_name(rule->name) == __NR_SCMP_ERROR)
		return reader_add_unknown(p->reader, rule->name);
	if (rule->action == profile->default_action)
		return refuse(p->reader, "%s: LXC refuses a rule that has the "
			      "default action", rule->name);
	for (size_t i = 0; i < profile->n_archs; i++)
		if (!add_call(p, profile->archs[i], rule))
			return false;
	return true;
}

/* Adds a rule for umount2(2) with MNT_FORCE in its second argument. */
static bool add_force_umount(struct policy *p)
{
	struct profile_rule rule = {
		.name = "umount2", .action = SECCOMP_RET_ERRNO | EACCES,
		.n_args = 1,
		.args = { { 1, SCMP_CMP_MASKED_EQ, MNT_FORCE, MNT_FORCE } },
	};

	return add_rule(p, &rule);
}

/*
 * Reads "NAME", "NAME ACTION" or "NAME ACTION [CONDITION]…". A single space
 * ends the name.
 */
static bool read_rule(struct policy *p, char *line)
{
	char *action = strchr(line, ' '), *conditions = strchr(line, '[');
	struct profile_rule rule = {
		.name = line, .action = p->rule_action,
	};

	if (action) {
		*action++ = '\0';
		action += strspn(action, " ");
	}
	if (starts(line, "reject_force_umount"))
		return add_force_umount(p);
	if (action && *action && *action != '#' &&
	    !read_action(p->reader, action, &rule.action))
		return false;
	if (conditions && !read_args(p->reader, conditions, &rule))
		return false;
	return !*line || add_rule(p, &rule);
}

/*
 * LXC 5.0.2 only checks whether a section can apply to this machine: rules of
 * [x86] also apply to x86_64.
 */
static bool read_section(struct policy *p, const char *line)
{
	static const struct {
		const char *lower, *upper;
		uint32_t scmp;
	} sections[] = {
		{ "[x86]", "[X86]", SCMP_ARCH_X86 },
		{ "[x32]", "[X32]", SCMP_ARCH_X32 },
		{ "[x86_64]", "[X86_64]", SCMP_ARCH_X86_64 },
		{ "[arm]", "[ARM]", SCMP_ARCH_ARM },
		{ "[arm64]", "[ARM64]", SCMP_ARCH_AARCH64 },
		{ "[ppc64le]", "[PPC64LE]", SCMP_ARCH_PPC64LE },
		{ "[ppc64]", "[PPC64]", SCMP_ARCH_PPC64 },
		{ "[ppc]", "[PPC]", SCMP_ARCH_PPC },
		{ "[mips64]", "[MIPS64]", SCMP_ARCH_MIPS64 },
		{ "[mips64n32]", "[MIPS64N32]", SCMP_ARCH_MIPS64N32 },
		{ "[mips]", "[MIPS]", SCMP_ARCH_MIPS },
		{ "[mipsel64]", "[MIPSEL64]", SCMP_ARCH_MIPSEL64 },
		{ "[mipsel64n32]", "[MIPSEL64N32]", SCMP_ARCH_MIPSEL64N32 },
		{ "[mipsel]", "[MIPSEL]", SCMP_ARCH_MIPSEL },
		{ "[s390x]", "[S390X]", SCMP_ARCH_S390X },
		{ "[s390]", "[S390]", SCMP_ARCH_S390 },
	};
	const struct profile *profile = p->reader->profile;

	p->skip = false;
	if (!strcmp(line, "[all]") || !strcmp(line, "[ALL]"))
		return true;
	for (size_t i = 0; i < N_ELEMENTS(sections); i++) {
		if (strcmp(line, sections[i].lower) &&
		    strcmp(line, sections[i].upper))
			continue;
		p->skip = true;
		for (size_t j = 0; j < profile->n_archs; j++)
			if (profile->archs[j]->scmp == sections[i].scmp)
				p->skip = false;
		return true;
	}
	return refuse(p->reader, "%s: LXC has no such section", line);
}

static bool read_line(struct policy *p, char *line)
{
	if (*line == '#')
		return true;
	if (*line == '[')
		return read_section(p, line);
	return p->skip || read_rule(p, line);
}

/* Reads the second line: the kind of list, and the action for other calls. */
static bool read_kind(struct policy *p, const char *line)
{
	bool deny = starts(line, "denylist") || starts(line, "blacklist");
	struct profile *profile = p->reader->profile;
	const char *action = strchr(line, ' ');

	if (!deny && !starts(line, "allowlist") && !starts(line, "whitelist"))
		return refuse(p->reader, "%s: not allowlist or denylist", line);
	profile->default_action = deny ? SECCOMP_RET_ALLOW :
		SECCOMP_RET_KILL_THREAD;
	p->rule_action = deny ? SECCOMP_RET_KILL_THREAD : SECCOMP_RET_ALLOW;
	if (action)
		action += strspn(action, " ");
	return !action || !*action ||
	       read_action(p->reader, action, &profile->default_action);
}

static void add_archs(struct profile *profile)
{
	const struct arch *arch;

	profile_add_arch(profile, arch_native());
	for (size_t i = 0; (arch = arch_at(i)); i++)
		if (arch_is_local(arch, arch_native()))
			profile_add_arch(profile, arch);
}

static bool read_names(struct reader *r, char *text)
{
	struct policy p = { .reader = r };
	bool ok = read_kind(&p, strsep(&text, "\n"));
	char *line;

	add_archs(r->profile);
	while (ok && (line = strsep(&text, "\n"))) {
		r->line++;
		ok = read_line(&p, line);
	}
	return ok;
}

/* Version 1: each line is the number of an allowed call. */
static bool read_numbers(struct reader *r, char *text)
{
	struct profile_rule rule = { .action = SECCOMP_RET_ALLOW };
	char buf[SYSCALL_NAME_MAX], *line = strsep(&text, "\n");

	rule.id.arch = arch_native()->audit;
	profile_add_arch(r->profile, arch_native());
	if (!strstr(line, "allowlist") && !strstr(line, "whitelist"))
		return refuse(r, "%s: version 1 has only allowlist", line);
	while ((line = strsep(&text, "\n")) && (*line || text)) {
		r->line++;
		if (sscanf(line, "%d", &rule.id.nr) != 1 || rule.id.nr < 0)
			return refuse(r, "%s: version 1 has only numbers", line);
		rule.name = (char *)syscall_name(rule.id, buf);
		profile_add_rule(r->profile, &rule);
		if (r->profile->n_rules > RULES_MAX)
			return refuse(r, "more than %d rules", RULES_MAX);
	}
	return true;
}

/* Skips "1" or "2" and the white space before the second line. */
static const char *skip_version(const char *text, int *version)
{
	int n = 0;

	if (sscanf(text, "%d %n", version, &n) != 1 || !n ||
	    !memchr(text, '\n', n))
		return NULL;
	return text + n;
}

bool is_lxc(const char *text)
{
	int version;
	const char *kind = skip_version(text, &version);
	size_t length = kind ? strcspn(kind, "\n") : 0;

	return kind && memmem(kind, length, "list", strlen("list"));
}

bool read_lxc(struct reader *r, char *text, size_t n)
{
	int version = 0;
	char *rest = (char *)skip_version(text, &version);
	bool ok;

	(void)n;
	for (const char *c = text; c < rest; c++)
		r->line += *c == '\n';
	r->line++;
	r->profile = profile_new(SECCOMP_RET_KILL_THREAD);
	r->profile->form = PROFILE_LXC;
	if (!rest || (version != 1 && version != 2))
		return refuse(r, "LXC has versions 1 and 2, not %d", version);
	if (memmem(rest, strcspn(rest, "\n"), "debug", strlen("debug")))
		return refuse(r, "LXC refuses debug");
	ok = version == 1 ? read_numbers(r, rest) : read_names(r, rest);
	r->line = ok ? 0 : r->line;
	return ok;
}
