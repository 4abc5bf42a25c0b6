/* SPDX-License-Identifier: Apache-2.0 */
/* The linux.seccomp object of the OCI runtime specification, config-linux. */
#include <jansson.h>
#include <stdlib.h>

#include "format.h"

static json_t *archs_json(const struct profile *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_archs; i++)
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

static void set_action(json_t *object, const char *action_key,
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
		json_object_set_new(object, errno_key,
				    json_integer(action & SECCOMP_RET_DATA));
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
	set_action(rule, "action", "errnoRet", action);
	if (n)		/* the specification wants at least one name */
		json_array_append(list, rule);
	json_decref(rule);
	free(names);
}

void write_oci(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;
	json_t *object = json_object(), *rules = json_array();
	size_t n;
	uint32_t *actions = rule_actions(p, &n);

	append_rule(rules, p, SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < n; i++)
		if (actions[i] != SECCOMP_RET_ALLOW)
			append_rule(rules, p, actions[i]);
	free(actions);
	set_action(object, "defaultAction", "defaultErrnoRet",
		   p->default_action);
	json_object_set_new(object, "architectures", archs_json(p));
	json_object_set_new(object, "syscalls", rules);
	json_dumpf(object, out, JSON_INDENT(2));
	putc('\n', out);
	json_decref(object);
}
