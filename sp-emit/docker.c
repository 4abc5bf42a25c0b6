/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the form of the default profiles of Docker and podman. It is the OCI's
 * form, but lists secondary architectures under the native one.
 */
#include "oci.h"

static json_t *arch_map(const struct profile *p)
{
	return json_pack("[{ssso}]", "architecture", p->archs[0]->oci,
			 "subArchitectures", oci_archs(p, 1));
}

void write_docker(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;
	json_t *object = json_object();

	oci_set_action(object, "defaultAction", "defaultErrnoRet",
		       p->default_action);
	json_object_set_new(object, "archMap", arch_map(p));
	json_object_set_new(object, "syscalls", oci_rules(p));
	oci_write(object, out);
	json_decref(object);
}
