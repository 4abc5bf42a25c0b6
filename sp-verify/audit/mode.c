/* SPDX-License-Identifier: Apache-2.0 */
/* --audit: lists calls under a profile that the kernel logs or logged. */
#include "mode.h"

#include "audit/audit.h"
#include "files.h"
#include "report/list.h"

static bool read_audit(const struct options *o, const struct filter *filter,
		       struct report *report, struct learn *learn)
{
	struct audit_options audit = {
		.log = o->log ? &o->files->log : NULL,
		.filter = filter, .exe = o->exe,
		.unit = o->unit, .container = o->container,
		.timeout = o->timeout, .learn = learn,
	};

	return audit_read(&audit, report);
}

void mode_audit(const struct options *o)
{
	list_violations(o, read_audit);
}
