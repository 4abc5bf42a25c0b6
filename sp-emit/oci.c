/* SPDX-License-Identifier: Apache-2.0 */
/* The linux.seccomp object of the OCI runtime specification, config-linux. */
#include "oci.h"

#include <stdlib.h>

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
	if (n)		/* the specification wants at least one name */
		json_array_append(list, rule);
	json_decref(rule);
	free(names);
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
	free(actions);
	return rules;
}

void write_oci(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;
	json_t *object = json_object();

	oci_set_action(object, "defaultAction", "defaultErrnoRet",
		       p->default_action);
	json_object_set_new(object, "architectures", oci_archs(p, 0));
	json_object_set_new(object, "syscalls", oci_rules(p));
	json_dumpf(object, out, JSON_INDENT(2));
	putc('\n', out);
	json_decref(object);
}
