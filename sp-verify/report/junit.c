/* SPDX-License-Identifier: Apache-2.0 */
#include "report/junit.h"

#include <stdlib.h>

#include "base/memory.h"

struct junit {
	FILE *out;
	size_t cases;
};

struct junit *junit_begin(FILE *out, size_t cases)
{
	struct junit *j = xcalloc(1, sizeof(*j));

	j->out = out;
	j->cases = cases;
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"sp-verify\" tests=\"%zu\" "
		"failures=\"%zu\">\n", cases ? cases : 1, cases);
	return j;
}

/* Writes a text, and also escapes quotes, so that it can be in an attribute. */
static void write_text(const char *text, FILE *out)
{
	for (; *text; text++)
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			putc(*text, out);
		}
}

void junit_failure(struct junit *j, const char *name, const char *message,
		   const char *text)
{
	fputs("  <testcase classname=\"sp-verify\" name=\"", j->out);
	write_text(name, j->out);
	fputs("\">\n    <failure message=\"", j->out);
	write_text(message, j->out);
	if (*text) {
		fputs("\">\n", j->out);
		write_text(text, j->out);
		fputs("    </failure>\n  </testcase>\n", j->out);
	} else {
		fputs("\"/>\n  </testcase>\n", j->out);
	}
}

void junit_end(struct junit *j)
{
	if (!j->cases)
		fputs("  <testcase classname=\"sp-verify\" "
		      "name=\"no violation\"/>\n", j->out);
	fputs("</testsuite>\n", j->out);
	free(j);
}
