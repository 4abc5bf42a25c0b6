/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions and actions of minijail policies: minijail0(5), SECCOMP_FILTER
 * SYNTAX, and the additions of compile_seccomp_policy.py.
 */
#include "profile/minijail.h"

#include <ctype.h>
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernel/constant.h"
#include "profile/compare.h"

enum { PARENTHESES_MAX = 8, GROUPS_MAX = 256 };

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

void cursor_skip_space(struct cursor *c)
{
	while (isspace((unsigned char)*c->at))
		c->at++;
}

bool cursor_take(struct cursor *c, const char *token)
{
	cursor_skip_space(c);
	if (strncmp(c->at, token, strlen(token)))
		return false;
	c->at += strlen(token);
	return true;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

bool cursor_take_word(struct cursor *c, const char *word)
{
	const char *before = c->at;

	if (cursor_take(c, word) && !is_word(*c->at))
		return true;
	c->at = before;
	return false;
}

bool cursor_refuse(struct cursor *c, const char *what)
{
	cursor_skip_space(c);
	return refuse(c->reader, *c->at ? "%s at '%.80s'" : "%s at the end",
		      what, c->at);
}

bool cursor_at_end(struct cursor *c)
{
	cursor_skip_space(c);
	return !*c->at || cursor_refuse(c, "unexpected text");
}

/* Reads what strtol(3) and strtoul(3) accept, up to 64 bits. */
static bool read_number(struct cursor *c, uint64_t *value)
{
	bool negative = *c->at == '-';
	char *end;

	errno = 0;
	*value = negative ? (uint64_t)strtoll(c->at, &end, 0) :
			    strtoull(c->at, &end, 0);
	if (end == c->at || is_word(*end) || errno)
		return cursor_refuse(c, "not a number of 64 bits");
	c->at = end;
	return true;
}

/* A number, or the name of a constant. */
static bool read_single(struct cursor *c, uint64_t *value)
{
	char name[64] = "";
	uint32_t error;
	size_t n = 0;

	cursor_skip_space(c);
	if (*c->at == '-' || *c->at == '+' || isdigit((unsigned char)*c->at))
		return read_number(c, value);
	while (n < sizeof(name) - 1 && is_word(c->at[n])) {
		name[n] = c->at[n];
		n++;
	}
	if (!constant_by_name(name, value)) {
		if (!errno_by_name(name, &error))
			return cursor_refuse(c, "neither a number nor a "
						"constant of the kernel's "
						"headers");
		*value = error;
	}
	c->at += n;
	return true;
}

static bool read_value(struct cursor *c, unsigned int depth, uint64_t *value);

static bool read_constant(struct cursor *c, unsigned int depth,
			  uint64_t *value)
{
	bool complement = cursor_take(c, "~");

	if (cursor_take(c, "(")) {
		if (depth == PARENTHESES_MAX)
			return cursor_refuse(c, "too many parentheses");
		if (!read_value(c, depth + 1, value))
			return false;
		if (!cursor_take(c, ")"))
			return cursor_refuse(c, "no ')'");
	} else if (!read_single(c, value)) {
		return false;
	}
	if (complement)
		*value = ~*value;
	return true;
}

/* Reads constants joined by '|'. */
static bool read_value(struct cursor *c, unsigned int depth, uint64_t *value)
{
	uint64_t one;

	*value = 0;
	do {
		if (!read_constant(c, depth, &one))
			return false;
		*value |= one;
		cursor_skip_space(c);
	} while (strncmp(c->at, "||", 2) && cursor_take(c, "|"));
	return true;
}

enum { OP_ONLY_BITS = PROFILE_CMP_MASKED_NE + 1 };	/* "in" */

static bool read_operator(struct cursor *c, int *op)
{
	size_t n;

	/* only the Python compiler accepts a missing blank */
	c->is_python |= *c->at != ' ';
	*op = OP_ONLY_BITS;
	if (cursor_take_word(c, "in"))
		return true;
	if (cursor_take(c, "&")) {
		*op = PROFILE_CMP_MASKED_NE;
		return true;
	}
	n = compare_sign_length(c->at, op);
	c->at += n;
	return n || cursor_refuse(c, "no operator");
}

/* minijail0 accepts only one word, such as "A|B". */
static bool read_whole_value(struct cursor *c, uint64_t *value)
{
	const char *from;

	c->is_python |= *c->at != ' ';
	cursor_skip_space(c);
	from = c->at;
	if (!read_value(c, 0, value))
		return false;
	while (from < c->at && !isspace((unsigned char)*from))
		from++;
	while (from < c->at && isspace((unsigned char)*from))
		from++;
	c->is_python |= from < c->at;
	return true;
}

static bool read_comparison(struct cursor *c, struct profile_arg *arg)
{
	*arg = (struct profile_arg){ 0 };
	if (!cursor_take(c, "arg") || *c->at < '0' || *c->at > '5' ||
	    is_word(c->at[1]))
		return cursor_refuse(c,
				     "expected an argument from arg0 to arg5");
	arg->index = *c->at++ - '0';
	if (!read_operator(c, &arg->op) || !read_whole_value(c, &arg->value))
		return false;
	if (arg->op == OP_ONLY_BITS) {
		arg->op = SCMP_CMP_MASKED_EQ;
		arg->value = ~arg->value;
	}			/* "&" means that any of the bits is set */
	return true;
}

/*
 * If the comparison "any of these bits is set" has a single bit, expresses it
 * as a value under a mask.
 */
static struct profile_arg as_masked(const struct profile_arg *arg)
{
	struct profile_arg masked = *arg;

	if (arg->op == PROFILE_CMP_MASKED_NE &&
	    __builtin_popcountll(arg->value) == 1) {
		masked.op = SCMP_CMP_MASKED_EQ;
		masked.value_two = masked.value;
	}
	return masked;
}

/*
 * Joins two comparisons of different bits of an argument, if possible. sp-emit
 * writes a comparison for each bit that must be set.
 */
static bool join_bits(struct profile_arg *to, const struct profile_arg *arg)
{
	struct profile_arg a = as_masked(to), b = as_masked(arg);

	if (a.index != b.index || a.op != SCMP_CMP_MASKED_EQ || b.op != a.op ||
	    a.value & b.value)
		return false;
	a.value |= b.value;
	a.value_two |= b.value_two;
	*to = a;
	return true;
}

static bool add_comparison(struct minijail_group *group,
			   const struct profile_arg *arg)
{
	for (size_t i = 0; i < group->n; i++)
		if (join_bits(&group->args[i], arg))
			return true;
	if (group->n == N_ELEMENTS(group->args))
		return false;
	group->args[group->n++] = *arg;
	return true;
}

static bool read_group(struct cursor *c, struct minijail_group *group)
{
	*group = (struct minijail_group){ .n = 0 };
	do {
		struct profile_arg arg;

		if (!read_comparison(c, &arg))
			return false;
		if (!add_comparison(group, &arg))
			return cursor_refuse(c, "more than 6 conditions "
						"joined by &&");
	} while (cursor_take(c, "&&"));
	return true;
}

static bool read_expression(struct cursor *c, struct minijail_filter *out)
{
	do {
		struct minijail_group group;

		if (out->n == GROUPS_MAX)
			return cursor_refuse(c, "too many conditions");
		if (!read_group(c, &group))
			return false;
		out->groups = xgrow(out->groups, out->n, sizeof(group));
		out->groups[out->n++] = group;
	} while (cursor_take(c, "||"));
	return true;
}

bool minijail_read_action(struct cursor *c, uint32_t *action)
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

	for (size_t i = 0; i < N_ELEMENTS(actions); i++)
		if (cursor_take_word(c, actions[i].name)) {
			*action = actions[i].action;
			c->is_python |= i > 0;
			return true;
		}
	return cursor_refuse(c, "no action");
}

/* Reads "return" and an errno. Without an errno, the action is to kill. */
static bool read_return(struct cursor *c, uint32_t *action)
{
	uint64_t value;

	cursor_skip_space(c);
	*action = SECCOMP_RET_KILL_PROCESS;
	if (!*c->at)
		return true;
	if (!read_value(c, 0, &value))
		return false;
	if (value > ERRNO_MAX)
		return refuse(c->reader, "not an errno from 0 to %d", ERRNO_MAX);
	*action = SECCOMP_RET_ERRNO | (uint32_t)value;
	return true;
}

static bool read_any_action(struct cursor *c, uint32_t *action)
{
	return cursor_take_word(c, "return") ? read_return(c, action) :
					       minijail_read_action(c, action);
}

bool minijail_read_filter(struct cursor *c, struct minijail_filter *out)
{
	*out = (struct minijail_filter){
		.file = c->reader->file, .line = c->reader->line,
	};
	cursor_skip_space(c);
	if (!strncmp(c->at, "arg", 3)) {
		if (!read_expression(c, out))
			return false;
		if (!cursor_take(c, ";"))
			return true;
	}
	out->has_action = true;
	return read_any_action(c, &out->action);
}
