/* SPDX-License-Identifier: Apache-2.0 */
#include "args.h"

#include <inttypes.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/message.h"
#include "filter/filter.h"

static bool want_group(const char *name, size_t length,
		       bool wanted[ARGS_ROWS_MAX])
{
	bool all = length == strlen("all") && !memcmp(name, "all", length);
	bool found = all;
	const struct argument_rule *rule;

	for (size_t i = 0; (rule = argument_rule_at(i)); i++)
		if (rule->group && (all || (strlen(rule->group) == length &&
			    !memcmp(rule->group, name, length))))
			found = wanted[i] = true;
	return found;
}

bool args_parse(const char *list, bool wanted[ARGS_ROWS_MAX], char **bad)
{
	const struct argument_rule *rule;

	for (size_t i = 0; !list && (rule = argument_rule_at(i)); i++)
		wanted[i] = rule->usual;
	while (list) {
		size_t length = strcspn(list, ",");

		if (!want_group(list, length, wanted)) {
			*bad = xasprintf("%.*s", (int)length, list);
			return false;
		}
		list = list[length] ? list + length + 1 : NULL;
	}
	return true;
}

static int by_detail(const void *a, const void *b)
{
	return detail_compare(*(struct fact *const *)a,
			      *(struct fact *const *)b);
}

struct fact **args_of(const struct trace *t, struct call_id id, size_t *n)
{
	struct fact **list = xcalloc(t->arguments.n + 1, sizeof(*list));

	*n = 0;
	for (size_t i = 0; i < t->arguments.n; i++)
		if (!call_id_compare(&t->arguments.at[i]->id, &id))
			list[(*n)++] = t->arguments.at[i];
	qsort(list, *n, sizeof(*list), by_detail);
	return list;
}

static bool is_restrictable(const struct profile_rule *rule,
			    const bool wanted[ARGS_ROWS_MAX])
{
	const struct argument_rule *row = argument_rule_of(rule->id);

	return row && wanted[row - argument_rule_at(0)] &&
		rule->action == SECCOMP_RET_ALLOW &&
		!(rule->origin & ~(PROFILE_OBSERVED | ORIGIN_UNION));
}

/*
 * Sets the conditions for one fact. A 32-bit argument can be in a 64-bit
 * register.
 */
static void set_conditions(struct profile_rule *rule, const struct fact *fact)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	const struct argument_rule *row = argument_rule_of(fact->id);
	size_t n = argument_values(fact, values);

	rule->n_args = n;
	for (size_t i = 0; i < n; i++) {
		uint64_t mask = values[i].mask;

		for (size_t k = 0; k < row->n; k++)
			if (row->arguments[k].index == values[i].index)
				mask &= row->arguments[k].compared;
		rule->args[i] = (struct profile_arg){
			.index = values[i].index,
			.op = ~mask ? SCMP_CMP_MASKED_EQ : SCMP_CMP_EQ,
			.value = ~mask ? mask : values[i].value,
			.value_two = ~mask ? values[i].value & mask : 0,
		};
	}
}

static int compare_conditions(const struct profile_rule *a,
			      const struct profile_rule *b)
{
	if (a->n_args != b->n_args)
		return a->n_args < b->n_args ? -1 : 1;
	for (uint32_t i = 0; i < a->n_args; i++) {
		const struct profile_arg *x = &a->args[i], *y = &b->args[i];

		if (x->index != y->index)
			return x->index < y->index ? -1 : 1;
		if (x->op != y->op)
			return x->op < y->op ? -1 : 1;
		if (x->value != y->value)
			return x->value < y->value ? -1 : 1;
		if (x->value_two != y->value_two)
			return x->value_two < y->value_two ? -1 : 1;
	}
	return 0;
}

/* Equal rules keep their order in the array, into which both pointers point. */
static int by_conditions(const void *a, const void *b)
{
	const struct profile_rule *const *x = a, *const *y = b;
	int order = compare_conditions(*x, *y);

	return order ? order : (*x > *y) - (*x < *y);
}

/* Drops rules from `first` on that repeat an earlier one. */
static void drop_repeated(struct profile *p, size_t first)
{
	size_t n = p->n_rules - first, kept = first;
	struct profile_rule **order = xcalloc(n, sizeof(*order));
	bool *repeats = xcalloc(n, sizeof(*repeats));

	for (size_t i = 0; i < n; i++)
		order[i] = &p->rules[first + i];
	qsort(order, n, sizeof(*order), by_conditions);
	for (size_t i = 1; i < n; i++)
		if (!compare_conditions(order[i - 1], order[i]))
			repeats[order[i] - &p->rules[first]] = true;
	for (size_t i = 0; i < n; i++)
		if (repeats[i])
			free(p->rules[first + i].name);
		else
			p->rules[kept++] = p->rules[first + i];
	p->n_rules = kept;
	free(repeats);
	free(order);
}

static bool same_name(const struct fact *fact, const struct profile_rule *rule,
		      bool one_list)
{
	char buf[SYSCALL_NAME_MAX];
	const char *name;

	if (!one_list)
		return !call_id_compare(&fact->id, &rule->id);
	name = syscall_name(fact->id, buf);
	return name && rule->name && !strcmp(name, rule->name);
}

/* Returns how many calls that the rule allows had unknown arguments. */
static uint64_t unknown_of_rule(const struct trace *t,
				const struct profile_rule *rule, bool one_list)
{
	uint64_t made = 0, known = 0;

	for (size_t i = 0; i < t->calls.n; i++)
		if (same_name(t->calls.at[i], rule, one_list))
			made = count_add(made, fact_count(t->calls.at[i]));
	for (size_t i = 0; i < t->arguments.n; i++)
		if (same_name(t->arguments.at[i], rule, one_list) &&
		    t->arguments.at[i]->detail_size)
			known = count_add(known,
					  fact_count(t->arguments.at[i]));
	return made > known ? made - known : 0;
}

/*
 * Whether the rules from `first` on together allow every value: there is a rule
 * for each combination of the compared bits.
 */
static bool is_everything(const struct profile *p, size_t first)
{
	const struct profile_arg *arg = &p->rules[first].args[0];
	int bits = __builtin_popcountll(arg->value);

	return p->rules[first].n_args == 1 && arg->op == SCMP_CMP_MASKED_EQ &&
		bits < 8 && p->n_rules - first == (size_t)1 << bits;
}

/*
 * Whether only --allow-denied allows the call. The arguments of denied calls
 * are not recorded.
 */
static bool is_only_denied(const struct trace *t,
			   const struct profile_rule *rule, bool one_list)
{
	bool denied = false;

	for (size_t i = 0; i < t->calls.n; i++)
		if (same_name(t->calls.at[i], rule, one_list))
			return false;
	for (size_t i = 0; i < t->denials.n; i++)
		denied |= same_name(t->denials.at[i], rule, one_list);
	if (denied)
		message_note("--args: %s has no rule, since the arguments of "
			     "denied calls are not recorded", rule->name);
	return denied;
}

static bool note_unknown(const char *name, uint64_t n)
{
	if (n)
		message_note("--args: %s has no rule, since the arguments of %"
			     PRIu64 " call%s were not recorded, or had too "
			     "many different values", name, n,
			     n == 1 ? "" : "s");
	return n;
}

uint64_t args_unknown(const struct trace *t, const char *name)
{
	struct profile_rule rule = { .name = (char *)name };

	return unknown_of_rule(t, &rule, true);
}

bool args_knows(const struct trace *t, const char *name)
{
	struct profile_rule rule = { .name = (char *)name };

	return !note_unknown(name, unknown_of_rule(t, &rule, true)) &&
		!is_only_denied(t, &rule, true);
}

static void restrict_rule(struct profile *to, const struct trace *t,
			  const struct profile_rule *rule, bool one_list)
{
	size_t first = to->n_rules;

	if (note_unknown(rule->name, unknown_of_rule(t, rule, one_list)) ||
	    is_only_denied(t, rule, one_list)) {
		profile_add_rule(to, rule);
		return;
	}
	for (size_t i = 0; i < t->arguments.n; i++) {
		struct profile_rule one = *rule;

		if (!same_name(t->arguments.at[i], rule, one_list))
			continue;
		set_conditions(&one, t->arguments.at[i]);
		profile_add_rule(to, &one);
	}
	/* Without a recorded value, no condition is possible. */
	if (to->n_rules == first)
		profile_add_rule(to, rule);
	drop_repeated(to, first);
	if (!is_everything(to, first))
		return;
	while (to->n_rules > first + 1)
		free(to->rules[--to->n_rules].name);
	to->rules[first].n_args = 0;
}

/*
 * Notes calls that only the group portable adds: no arguments were recorded for
 * them. clone3 has its flags in memory, so it can create namespaces that the
 * rule for clone denies.
 */
static void note_portable(const struct profile_rule *rule,
			  const bool wanted[ARGS_ROWS_MAX])
{
	const struct argument_rule *row = argument_rule_of(rule->id);

	if (rule->origin == 1U << GROUP_PORTABLE &&
	    ((row && wanted[row - argument_rule_at(0)]) ||
	     !strcmp(rule->name, "clone3")))
		message_note("--args: %s has no rule, since only the group "
			     "portable adds it", rule->name);
}

void args_restrict(struct profile *p, const struct trace *t,
		   const bool wanted[ARGS_ROWS_MAX], bool one_list)
{
	struct profile *old = profile_new(p->default_action), moved;

	moved = *old;
	*old = *p;
	*p = moved;
	p->other_arch_action = old->other_arch_action;
	for (size_t i = 0; i < old->n_archs; i++)
		profile_add_arch(p, old->archs[i]);
	for (size_t i = 0; i < old->n_rules; i++) {
		note_portable(&old->rules[i], wanted);
		if (is_restrictable(&old->rules[i], wanted))
			restrict_rule(p, t, &old->rules[i], one_list);
		else
			profile_add_rule(p, &old->rules[i]);
	}
	profile_free(old);
}

static bool check_fact(const struct filter *f, const struct fact *fact)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	size_t n = argument_values(fact, values);
	struct filter_answers answers;
	char buf[SYSCALL_NAME_MAX], *text;

	filter_run_known(f, fact->id, values, n, &answers);
	for (size_t i = 0; n && i < answers.n; i++) {
		if (action_allows(answers.actions[i]))
			continue;
		text = argument_text(fact->id, values, n);
		message_error("--args: libseccomp makes a filter of these "
			      "rules that denies %s with %s",
			      syscall_label(fact->id, buf), text);
		free(text);
		return false;
	}
	return true;
}

bool args_check(const struct profile *p, const struct trace *t)
{
	struct filter *f = NULL;
	char *problem;
	int err = filter_compile(p, &f, &problem);
	bool fine = !err;

	if (err)
		message_error("--args: %s", problem);
	for (size_t i = 0; fine && i < t->arguments.n; i++)
		fine = check_fact(f, t->arguments.at[i]);
	free(problem);
	filter_free(f);
	return fine;
}
