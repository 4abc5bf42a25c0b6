/* SPDX-License-Identifier: Apache-2.0 */
/* Passes arbitrary lines to the reader of audit logs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit-record.h"
#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in = size ? fmemopen((void *)data, size, "r") :
		fopen("/dev/null", "r");
	char *text = xcalloc(AUDIT_LINE_MAX, 1);
	struct audit_line l;
	bool cut;

	while (audit_line_next(in, text, &cut)) {
		/*
		 * The copy has the exact size, so that ASan sees reads beyond
		 * its end.
		 */
		char *line = xstrdup(text);

		audit_line_read(line, &l);
		if ((l.kind == AUDIT_GARBLED) != !!l.problem)
			abort();	/* exactly garbled lines have a reason */
		if (l.kind != AUDIT_RECORD && l.record.exe)
			abort();
		audit_record_free(&l.record);
		free(line);
	}
	free(text);
	fclose(in);
	return 0;
}
