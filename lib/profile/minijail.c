/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy of minijail0 -S: minijail0(5), SECCOMP_FILTER SYNTAX. It is of the
 * native architecture, and what it does not name is killed.
 */
#include "profile/private.h"

#include <ctype.h>
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernel/constant.h"
#include "profile/condition.h"

enum { PARENTHESES_MAX = 8 };

/* What is left of a statement, and where a problem goes. */
struct cursor {
	struct reader *reader;
	const char *at;
};

static void skip_space(struct cursor *c)
{
	while (isspace((unsigned char)*c->at))
		c->at++;
}

static bool take(struct cursor *c, const char *token)
{
	skip_space(c);
	if (strncmp(c->at, token, strlen(token)))
		return false;
	c->at += strlen(token);
	return true;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* A whole word, that is not the start of a longer one. */
static bool take_word(struct cursor *c, const char *word)
{
	const char *before = c->at;

	if (take(c, word) && !is_word(*c->at))
		return true;
	c->at = before;
	return false;
}

static bool bad(struct cursor *c, const char *what)
{
	skip_space(c);
	return refuse(c->reader, *c->at ? "%s at '%.40s'" : "%s at the end",
		      what, c->at);
}

/* A number as strtol(3) has it, or the name of a constant. */
static bool read_single(struct cursor *c, uint64_t *value)
{
	char name[64] = "";
	uint32_t error;
	char *end;
	size_t n = 0;

	skip_space(c);
	if (*c->at == '-' || isdigit((unsigned char)*c->at)) {
		errno = 0;
		*value = strtoull(c->at, &end, 0);
		if (end == c->at || is_word(*end) || errno)
			return bad(c, "no number");
		c->at = end;
		return true;
	}
	while (n < sizeof(name) - 1 && is_word(c->at[n])) {
		name[n] = c->at[n];
		n++;
	}
	if (constant_by_name(name, value)) {
		c->at += n;
		return true;
	}
	if (!errno_by_name(name, &error))
		return bad(c, "no number, and no name of one that is known,");
	*value = error;
	c->at += n;
	return true;
}

static bool read_value(struct cursor *c, unsigned int depth, uint64_t *value);

static bool read_constant(struct cursor *c, unsigned int depth,
			  uint64_t *value)
{
	bool complement = take(c, "~");

	if (take(c, "(")) {
		if (depth == PARENTHESES_MAX)
			return bad(c, "too many parentheses");
		if (!read_value(c, depth + 1, value))
			return false;
		if (!take(c, ")"))
			return bad(c, "no ')'");
	} else if (!read_single(c, value)) {
		return false;
	}
	if (complement)
		*value = ~*value;
	return true;
}

/* Constants, joined by '|'. */
static bool read_value(struct cursor *c, unsigned int depth, uint64_t *value)
{
	uint64_t one;

	*value = 0;
	do {
		if (!read_constant(c, depth, &one))
			return false;
		*value |= one;
		skip_space(c);
	} while (strncmp(c->at, "||", 2) && take(c, "|"));
	return true;
}

enum { OP_ANY_BIT = 1000, OP_ONLY_BITS };	/* "&" and "in" */

static bool read_operator(struct cursor *c, int *op)
{
	static const struct {
		const char *text;
		int op;
	} ops[] = {
		{ "==", SCMP_CMP_EQ }, { "!=", SCMP_CMP_NE },
		{ "<=", SCMP_CMP_LE }, { ">=", SCMP_CMP_GE },
		{ "<", SCMP_CMP_LT }, { ">", SCMP_CMP_GT },
		{ "&", OP_ANY_BIT },
	};

	*op = OP_ONLY_BITS;
	if (take_word(c, "in"))
		return true;
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (take(c, ops[i].text)) {
			*op = ops[i].op;
			return true;
		}
	return bad(c, "no operator");
}

static bool read_atom(struct cursor *c, struct condition *out)
{
	struct profile_arg arg = { 0 };
	int op;

	if (!take(c, "arg") || *c->at < '0' || *c->at > '5' ||
	    is_word(c->at[1]))
		return bad(c, "no argument from arg0 to arg5");
	arg.index = *c->at++ - '0';
	if (!read_operator(c, &op) || !read_value(c, 0, &arg.value))
		return false;
	if (op == OP_ANY_BIT) {
		*out = condition_any_bit(arg.index, arg.value);
		return true;
	}
	arg.op = op;
	if (op == OP_ONLY_BITS) {
		arg.op = SCMP_CMP_MASKED_EQ;
		arg.value = ~arg.value;
	}
	*out = op == OP_ONLY_BITS && !arg.value ? condition_always() :
		condition_of(&arg);
	return true;
}

/* Atoms joined by "&&". */
static bool read_group(struct cursor *c, struct condition *out)
{
	*out = condition_always();
	do {
		struct condition atom;

		if (!read_atom(c, &atom))
			return false;
		*out = condition_and(out, &atom);
	} while (take(c, "&&"));
	return true;
}

/* Groups joined by "||". */
static bool read_expression(struct cursor *c, struct condition *out)
{
	do {
		struct condition group;
		bool ok = read_group(c, &group);

		*out = condition_or(out, &group);
		if (!ok)
			return false;
	} while (take(c, "||"));
	return true;
}

/* What stands for a call without conditions, or for one that fails them. */
static bool read_action(struct cursor *c, uint32_t *action)
{
	static const struct {
		const char *name;
		uint32_t action;
	} actions[] = {
		{ "1", SECCOMP_RET_ALLOW }, { "allow", SECCOMP_RET_ALLOW },
		{ "kill", SECCOMP_RET_KILL_PROCESS },
		{ "kill-process", SECCOMP_RET_KILL_PROCESS },
		{ "kill-thread", SECCOMP_RET_KILL_THREAD },
		{ "trap", SECCOMP_RET_TRAP }, { "log", SECCOMP_RET_LOG },
		{ "trace", SECCOMP_RET_TRACE },
		{ "user-notify", SECCOMP_RET_USER_NOTIF },
	};

	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (take_word(c, actions[i].name)) {
			*action = actions[i].action;
			return true;
		}
	return bad(c, "no action");
}

/* "return" and an errno; without one, it kills. */
static bool read_return(struct cursor *c, uint32_t *action)
{
	uint64_t value;

	skip_space(c);
	*action = SECCOMP_RET_KILL_PROCESS;
	if (!*c->at)
		return true;
	if (!read_value(c, 0, &value))
		return false;
	if (value > ERRNO_MAX)
		return refuse(c->reader, "no errno from 0 to %d", ERRNO_MAX);
	*action = SECCOMP_RET_ERRNO | (uint32_t)value;
	return true;
}

/* The call of a statement; minijail takes no name that it does not know. */
static bool find_call(struct reader *r, const char *name,
		      struct profile_rule *rule)
{
	const struct arch *native = r->profile->archs[0];

	rule->name = (char *)name;
	if (!syscall_number(native, name, &rule->id))
		return true;
	if (isdigit((unsigned char)*name))
		return refuse(r, "%s: minijail0 refuses numbers, though its "
			      "manual has them: write the name", name);
	return refuse(r, "no system call of %s is called %s", native->name,
		      name);
}

static bool is_named(const struct profile *p, struct call_id id)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (!call_id_compare(&p->rules[i].id, &id))
			return true;
	return false;
}

enum { RULES_MAX = 1 << 14 };

/* A rule for each group: all of its comparisons have to hold. */
static bool add_rules(struct reader *r, struct profile_rule *rule,
		      uint32_t action, struct condition *c)
{
	if (c->overflow || r->profile->n_rules + c->n > RULES_MAX)
		return refuse(r, "too many conditions to be judged");
	rule->action = action;
	for (size_t i = 0; i < c->n; i++) {
		rule->n_args = 0;
		for (uint32_t j = 0; j < 6; j++)
			if (c->groups[i].used & 1U << j)
				rule->args[rule->n_args++] =
					c->groups[i].args[j];
		profile_add_rule(r->profile, rule);
	}
	return true;
}

static bool read_tail(struct cursor *c, uint32_t *action)
{
	*action = c->reader->profile->default_action;
	if (!take(c, ";"))
		return true;
	if (!take_word(c, "return"))
		return bad(c, "no return");
	return read_return(c, action);
}

/*
 * The arguments allow the call, or else it gets what the tail says. Where
 * rules that overlap compare several arguments in different ways, the filter
 * of libseccomp 2.5.4 is not what the rules say (tests/unit/condition.c).
 */
static bool read_conditions(struct cursor *c, struct profile_rule *rule)
{
	struct condition yes = { 0 }, copy = { 0 }, no = { 0 };
	struct reader *r = c->reader;
	uint32_t action;
	bool ok;

	ok = read_expression(c, &yes) && read_tail(c, &action) &&
	     (skip_space(c), !*c->at || bad(c, "more than was expected"));
	if (ok && condition_is_mixed(&yes) &&
	    (!condition_is_plain(&yes) ||
	     action != r->profile->default_action))
		ok = refuse(r, "conditions on several arguments that are too "
			    "tangled to be judged");
	if (ok) {
		copy = (struct condition){
			xmemdup(yes.groups, yes.n * sizeof(*yes.groups)),
			yes.n, yes.overflow, yes.work
		};
		if (action != r->profile->default_action)
			no = condition_not(&copy);
		ok = add_rules(r, rule, SECCOMP_RET_ALLOW, &yes) &&
		     add_rules(r, rule, action, &no);
	}
	condition_free(&yes);
	condition_free(&copy);
	condition_free(&no);
	return ok;
}

static bool read_filter(struct reader *r, const char *name, char *filter)
{
	struct profile_rule rule = { 0 };
	struct condition always = condition_always();
	struct cursor c = { r, filter };
	uint32_t action;
	bool ok = false;

	if (!find_call(r, name, &rule))
		goto out;
	if (is_named(r->profile, rule.id)) {
		refuse(r, "%s: twice", name);
		goto out;
	}
	skip_space(&c);
	if (!strncmp(c.at, "arg", 3)) {
		ok = read_conditions(&c, &rule);
		goto out;
	}
	ok = take_word(&c, "return") ? read_return(&c, &action) :
		read_action(&c, &action);
	skip_space(&c);
	ok = ok && (!*c.at || bad(&c, "more than was expected")) &&
	     add_rules(r, &rule, action, &always);
out:
	condition_free(&always);
	return ok;
}

/* "@…": what other files say is not known here. */
static bool read_directive(struct reader *r, char *text)
{
	struct cursor c = { r, text };

	if (take_word(&c, "@frequency"))	/* only how fast it is */
		return true;
	if (!take_word(&c, "@default"))
		return refuse(r, "%.40s: is not read", text);
	if (r->profile->n_rules)
		return refuse(r, "@default: after the first call");
	return read_action(&c, &r->profile->default_action) &&
	       (skip_space(&c), !*c.at || bad(&c, "more than was expected"));
}

static bool read_statement(struct reader *r, char *text)
{
	char *colon;

	text = text_strip(text);
	if (*text == '@')
		return read_directive(r, text);
	if (*text == '{')
		return refuse(r, "a list in braces is not read");
	colon = strchr(text, ':');
	if (!colon)
		return refuse(r, "no colon");
	*colon = '\0';
	return read_filter(r, text_strip(text), colon + 1);
}

/* Cut off a comment, and say whether the next line belongs to this one. */
static bool is_continued(char *line)
{
	size_t n;

	line[strcspn(line, "#")] = '\0';
	n = strlen(line);
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	if (!n || line[n - 1] != '\\')
		return false;
	line[n - 1] = '\0';
	return true;
}

bool read_minijail(struct reader *r, char *text, size_t n)
{
	char *line, *whole = NULL;
	bool ok = true;

	(void)n;
	r->profile = profile_new(SECCOMP_RET_KILL_PROCESS);
	r->profile->form = PROFILE_MINIJAIL;
	r->profile->other_arch_action = SECCOMP_RET_KILL_PROCESS;
	profile_add_arch(r->profile, arch_native());
	while (ok && (line = strsep(&text, "\n"))) {
		bool more = is_continued(line);

		r->line++;
		ok = reader_join(r, &whole, line);
		if (!ok || (more && text))
			continue;
		ok = !*text_strip(whole) || read_statement(r, whole);
		free(whole);
		whole = NULL;
	}
	free(whole);
	r->line = ok ? 0 : r->line;
	return ok && (r->profile->n_rules ||
		      refuse(r, "names no system call"));
}
