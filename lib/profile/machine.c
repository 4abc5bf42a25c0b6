/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/machine.h"

#include "base/memory.h"

static const struct arch *arch_of_run(const struct run *run)
{
	return arch_of_call((struct call_id){ run->arch, 0 });
}

char *machine_mismatch(const struct trace *t)
{
	const struct arch *native = arch_native();

	for (size_t i = 0; i < t->n_runs; i++) {
		const struct arch *arch = arch_of_run(t->runs[i]);

		if (arch && !arch_is_local(arch, native))
			return xasprintf("this file is a different profile on "
					 "each machine, here one for %s, but a "
					 "run was recorded on %s: compare them "
					 "on such a machine", native->name,
					 arch->name);
	}
	return NULL;
}
