/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SeccompProfile of the Kubernetes Security Profiles Operator, in YAML. Its
 * rules are the OCI's, but it cannot say an errno for all other calls: there
 * it is EPERM, the runtimes' default.
 */
#include <stdlib.h>

#include "oci.h"

/* Strings and numbers are written as JSON has them, which YAML takes. */
static void write_scalar(const json_t *value, FILE *out)
{
	json_dumpf(value, out, JSON_ENCODE_ANY);
	putc('\n', out);
}

static void write_value(const json_t *value, int indent, FILE *out);

static void write_object(const json_t *object, int indent, bool in_list,
			 FILE *out)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		fprintf(out, "%*s%s:", in_list ? 0 : indent, "", key);
		in_list = false;
		write_value(value, indent, out);
	}
}

static void write_list(const json_t *list, int indent, FILE *out)
{
	size_t i;
	json_t *value;

	json_array_foreach(list, i, value) {
		fprintf(out, "%*s- ", indent, "");
		if (json_is_object(value))
			write_object(value, indent + 2, true, out);
		else
			write_scalar(value, out);
	}
}

/* What comes after a key and its colon. */
static void write_value(const json_t *value, int indent, FILE *out)
{
	if (json_is_object(value)) {
		putc('\n', out);
		write_object(value, indent + 2, false, out);
	} else if (json_is_array(value) && json_array_size(value)) {
		putc('\n', out);
		write_list(value, indent, out);
	} else {
		putc(' ', out);
		write_scalar(value, out);
	}
}

void write_spo(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;
	char *name = profile_name(emit->trace);
	json_t *spec = json_object();
	json_t *object = json_pack("{ss ss s{ss} so}",
		"apiVersion",
		"security-profiles-operator.x-k8s.io/v1beta1",
		"kind", "SeccompProfile", "metadata", "name", name,
		"spec", spec);

	oci_set_action(spec, "defaultAction", NULL, p->default_action);
	json_object_set_new(spec, "architectures", oci_archs(p, 0));
	json_object_set_new(spec, "syscalls", oci_rules(p));
	write_head(emit, "# ", out);
	write_object(object, 0, false, out);
	json_decref(object);
	free(name);
}
