/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seccomp lines of a firejail profile: firejail-profile(5), and what
 * firejail 0.9.72 was seen to load for them. Calls of the 32-bit architecture
 * pass its filters unless they are blocked as a whole; x32 is always denied.
 */
#include "profile/private.h"

#include <ctype.h>
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { LINE_MAX_BYTES = 8191 };		/* firejail's MAX_READ */

/* Of each directive the last one counts. */
struct directives {
	struct directive {
		const char *list;	/* NULL: it is not there */
		size_t line;
	} keep, drop;
	uint32_t action;		/* for what a filter denies */
	bool block_secondary;
};

static bool read_error_action(const char *text, uint32_t *action)
{
	uint32_t value;

	if (!strcmp(text, "kill"))
		*action = SECCOMP_RET_KILL_THREAD;
	else if (!strcmp(text, "log"))
		*action = SECCOMP_RET_LOG;
	else if (errno_by_name(text, &value))
		*action = SECCOMP_RET_ERRNO | value;
	else
		return false;
	return true;
}

/* A number is that of a native call. */
static bool add_number(struct reader *r, const char *text, uint32_t action)
{
	const struct arch *native = arch_native();
	struct profile_rule rule = { .action = action };
	char buf[SYSCALL_NAME_MAX], *end;
	unsigned long nr = strtoul(text, &end, 0);

	if (!isdigit((unsigned char)*text) || *end || nr > INT32_MAX)
		return refuse(r, "$%s: no number of a call", text);
	rule.id = (struct call_id){ native->audit, nr };
	rule.name = (char *)syscall_name(rule.id, buf);
	profile_add_rule(r->profile, &rule);
	return true;
}

static bool is_listed(const struct profile *p, const char *name)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (p->rules[i].name && !strcmp(p->rules[i].name, name))
			return true;
	return false;
}

static bool add_call(struct reader *r, const char *name, uint32_t action,
		     uint32_t origin)
{
	struct profile_rule rule = { .action = action, .origin = origin };
	bool known;

	if (is_listed(r->profile, name))	/* the first one counts */
		return true;
	return reader_add_rule(r, arch_native(), name, &rule, &known) &&
	       (known || reader_add_unknown(r, name));
}

/* "name", "name:ERRNO", "$number". */
static bool add_item(struct reader *r, char *item, uint32_t action)
{
	char *own = strchr(item, ':');

	if (own)
		*own++ = '\0';
	if (own && !read_error_action(own, &action))
		return refuse(r, "%s:%s: not kill, log or an errno", item,
			      own);
	if (*item == '@')
		return refuse(r, "%s: firejail's groups are not read", item);
	if (*item == '!')
		return refuse(r, "%s: exceptions are not read", item);
	if (*item == '$')
		return add_number(r, item + 1, action);
	return *item ? add_call(r, item, action, 0) :
		refuse(r, "an empty name in a list");
}

static bool add_list(struct reader *r, const struct directive *d,
		     uint32_t action)
{
	char *copy = xstrdup(d->list), *rest = copy, *item;
	bool ok = true;

	r->line = d->line;
	while (ok && (item = strsep(&rest, ",")))
		ok = add_item(r, text_strip(item), action);
	free(copy);
	return ok;
}

/*
 * Together with secondary architectures, firejail blocks personality(2) but
 * for asking and for PER_LINUX.
 */
static bool add_personality(struct reader *r, bool allowed)
{
	struct profile_rule rule = {
		.action = SECCOMP_RET_ALLOW, .n_args = 1,
		.args = { { 0, SCMP_CMP_EQ, 0, 0 } },
	};
	struct profile *p = r->profile;
	bool known;

	if (!allowed)
		return true;
	for (size_t i = 0; i < p->n_rules; i++)
		if (p->rules[i].name &&
		    !strcmp(p->rules[i].name, "personality")) {
			p->rules[i].n_args = 1;
			p->rules[i].args[0] = rule.args[0];
			rule.args[0].value = UINT32_MAX;
			return reader_add_rule(r, arch_native(), "personality",
					       &rule, &known);
		}
	return true;
}

static void add_arch(struct profile *p, uint32_t scmp)
{
	const struct arch *arch;

	for (size_t i = 0; (arch = arch_at(i)); i++)
		if (arch->scmp == scmp &&
		    arch_is_local(arch, arch_native()))
			profile_add_arch(p, arch);
}

/* What the calls that are needed to start the program: @default-keep. */
static bool read_keep(struct reader *r, const struct directives *d)
{
	static const char *const always[] = { "execve", "execveat", "prctl" };
	struct profile *p = r->profile = profile_new(d->action);

	profile_add_arch(p, arch_native());
	add_arch(p, SCMP_ARCH_X32);		/* all of it is denied */
	p->other_arch_action = d->block_secondary ? d->action :
						    SECCOMP_RET_ALLOW;
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (!add_call(r, always[i], SECCOMP_RET_ALLOW,
			      PROFILE_IMPLIED))
			return false;
	return add_list(r, &d->keep, SECCOMP_RET_ALLOW) &&
	       add_personality(r, d->block_secondary);
}

static bool read_drop(struct reader *r, const struct directives *d)
{
	struct profile *p = r->profile = profile_new(SECCOMP_RET_ALLOW);

	profile_add_arch(p, arch_native());
	if (!d->block_secondary) {		/* all of it is allowed */
		add_arch(p, SCMP_ARCH_X86);
		add_arch(p, SCMP_ARCH_ARM);
	} else {
		profile_note(p, "not judged: the arguments of personality(2), "
			     "for seccomp.block-secondary");
	}
	p->other_arch_action = d->action;
	return add_list(r, &d->drop, d->action);
}

static bool has_argument(struct reader *r, const char *word, const char *rest)
{
	return *rest || refuse(r, "%s: nothing listed", word);
}

/* Lines that make filters of another kind. */
static bool is_other_filter(const char *word)
{
	static const char *const words[] = {
		"protocol", "memory-deny-write-execute", "restrict-namespaces",
		"include",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

static bool read_seccomp_line(struct reader *r, struct directives *d,
			      const char *word, const char *rest)
{
	const struct directive found = { rest, r->line };

	if (!strcmp(word, "seccomp.keep")) {
		d->keep = found;
		return has_argument(r, word, rest);
	}
	if (!strcmp(word, "seccomp.drop")) {
		d->drop = found;
		return has_argument(r, word, rest);
	}
	if (!strcmp(word, "seccomp.block-secondary")) {
		d->block_secondary = true;
		return true;
	}
	if (!strcmp(word, "seccomp-error-action"))
		return read_error_action(rest, &d->action) ||
		       refuse(r, "%s: not kill, log or an errno", word);
	if (!strcmp(word, "seccomp"))
		return refuse(r, "seccomp: firejail's own default list is not "
			      "read; seccomp.keep and seccomp.drop are");
	return refuse(r, "%s: is not read", word);
}

/* Append to a list in a heap string, once. */
static void name_other(char **list, const char *word)
{
	if (!*list || !strstr(*list, word))
		text_append(list, ", ", word);
}

static bool read_line(struct reader *r, struct directives *d, char *line,
		      char **others)
{
	char *word, *rest = text_strip(line);

	if (strlen(rest) > LINE_MAX_BYTES)
		return refuse(r, "a line of more than %d bytes, which is all "
			      "that firejail reads", LINE_MAX_BYTES);
	rest[strcspn(rest, "#")] = '\0';
	rest = text_strip(rest);
	word = strsep(&rest, " \t");
	rest = rest ? text_strip(rest) : word + strlen(word);
	if (!strcmp(word, "ignore") && strstr(rest, "seccomp"))
		return refuse(r, "ignore: is not read");
	if (is_other_filter(word))
		name_other(others, word);
	return strncmp(word, "seccomp", strlen("seccomp")) ||
	       read_seccomp_line(r, d, word, rest);
}

bool read_firejail(struct reader *r, char *text, size_t n)
{
	struct directives d = { .action = SECCOMP_RET_ERRNO | EPERM };
	char *line, *others = NULL;
	bool ok = true;

	(void)n;
	while (ok && (line = strsep(&text, "\n"))) {
		r->line++;
		ok = read_line(r, &d, line, &others);
	}
	r->line = 0;
	if (ok && !d.keep.list && !d.drop.list)
		ok = refuse(r, "no seccomp.keep and no seccomp.drop");
	ok = ok && (d.keep.list ? read_keep(r, &d) : read_drop(r, &d));
	if (ok)
		r->profile->form = PROFILE_FIREJAIL;
	if (ok && others)
		profile_note(r->profile, "not judged: %s", others);
	free(others);
	return ok;
}
