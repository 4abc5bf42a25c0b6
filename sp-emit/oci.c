/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The linux.seccomp object of the OCI runtime specification, config-linux.md.
 */
#include "oci.h"

#include <seccomp.h>
#include <stdlib.h>

#include "base/json-integer.h"
#include "profile/compare.h"

json_t *oci_archs(const struct profile *p, size_t from)
{
	json_t *list = json_array();

	for (size_t i = from; i < p->n_archs; i++)
		json_array_append_new(list, json_string(p->archs[i]->oci));
	return list;
}

static json_t *names_json(const char **names, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(names[i]));
	return list;
}

void oci_set_action(json_t *object, const char *action_key,
		    const char *errno_key, uint32_t action)
{
	const char *name = "SCMP_ACT_KILL_PROCESS";

	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
		name = "SCMP_ACT_ALLOW";
		break;
	case SECCOMP_RET_LOG:
		name = "SCMP_ACT_LOG";
		break;
	case SECCOMP_RET_ERRNO:
		json_object_set_new(object, action_key,
				    json_string("SCMP_ACT_ERRNO"));
		if (errno_key)
			json_object_set_new(object, errno_key,
					    json_integer(action &
							 SECCOMP_RET_DATA));
		return;
	}
	json_object_set_new(object, action_key, json_string(name));
}

static void append_rule(json_t *list, const struct profile *p, uint32_t action)
{
	size_t n;
	const char **names = names_with_action(p, action, &n);
	json_t *rule = json_object();

	json_object_set_new(rule, "names", names_json(names, n));
	oci_set_action(rule, "action", "errnoRet", action);
	if (n)		/* the specification requires at least one name */
		json_array_append(list, rule);
	json_decref(rule);
	free(names);
}

static json_t *condition_json(const struct profile_arg *arg)
{
	json_t *object = json_object();

	json_object_set_new(object, "index", json_integer(arg->index));
	/*
	 * JSON's integers are signed, so a large value is stored as a negative
	 * one; oci_write() turns it back.
	 */
	json_object_set_new(object, "value",
			    json_integer((json_int_t)arg->value));
	if (arg->op == SCMP_CMP_MASKED_EQ)
		json_object_set_new(object, "valueTwo",
				    json_integer((json_int_t)arg->value_two));
	json_object_set_new(object, "op",
			    json_string(compare_name(arg->op)));
	return object;
}

static json_t *conditional_json(const struct profile_rule *rule)
{
	json_t *object = json_object(), *list = json_array();

	json_object_set_new(object, "names", json_pack("[s]", rule->name));
	oci_set_action(object, "action", "errnoRet", rule->action);
	for (uint32_t i = 0; i < rule->n_args; i++)
		json_array_append_new(list, condition_json(&rule->args[i]));
	json_object_set_new(object, "args", list);
	return object;
}

/*
 * Appends rules with conditions, each once: the profile repeats a rule for each
 * architecture.
 */
static void append_conditional(json_t *rules, const struct profile *p)
{
	json_t *seen = json_object();

	for (size_t i = 0; i < p->n_rules; i++) {
		json_t *rule;
		char *text;

		if (!p->rules[i].n_args)
			continue;
		rule = conditional_json(&p->rules[i]);
		text = json_dumps(rule, JSON_COMPACT);
		if (!json_object_get(seen, text))
			json_array_append(rules, rule);
		json_object_set_new(seen, text, json_true());
		free(text);
		json_decref(rule);
	}
	json_decref(seen);
}

json_t *oci_rules(const struct profile *p)
{
	json_t *rules = json_array();
	size_t n;
	uint32_t *actions = rule_actions(p, &n);

	append_rule(rules, p, SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < n; i++)
		if (actions[i] != SECCOMP_RET_ALLOW)
			append_rule(rules, p, actions[i]);
	append_conditional(rules, p);
	free(actions);
	return rules;
}

void oci_write(const json_t *object, FILE *out)
{
	char *text = json_dumps(object, JSON_INDENT(2));
	char *unfolded = json_unfold_integers(text);

	fprintf(out, "%s\n", unfolded);
	free(unfolded);
	free(text);
}

void write_oci(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;
	json_t *object = json_object();

	oci_set_action(object, "defaultAction", "defaultErrnoRet",
		       p->default_action);
	json_object_set_new(object, "architectures", oci_archs(p, 0));
	json_object_set_new(object, "syscalls", oci_rules(p));
	oci_write(object, out);
	json_decref(object);
}
