/* SPDX-License-Identifier: Apache-2.0 */
/* The tests that are missing, each with its evidence. */
#include "html.h"

#include <stdlib.h>

#include "kernel/danger.h"

enum { SHOWN = 8, CALLS_MAX = 12 };

static void write_calls(const struct proposal *one, FILE *out)
{
	if (!one->n_calls)
		return;
	fputs(" <span class=\"of\">Calls:", out);
	for (size_t i = 0; i < one->n_calls && i < CALLS_MAX; i++)
		fprintf(out, " <code>%s</code>", one->calls[i]);
	if (one->n_calls > CALLS_MAX)
		fprintf(out, " and %zu more", one->n_calls - CALLS_MAX);
	fputs("</span>", out);
}

void html_proposal(const struct proposal *one, FILE *out)
{
	fputs(one->test, out);
	if (!one->like)
		return;
	fputs(" <span class=\"path\">", out);
	html_put(one->like, out);
	fputs("</span>", out);
}

static void write_proposal(const struct proposal *one, FILE *out)
{
	fputs("<li><strong>", out);
	html_proposal(one, out);
	fputs(".</strong><br>\n<span class=\"why\">Why: ", out);
	for (size_t i = 0; i < one->n_why; i++) {
		if (one->why[i].outside)
			fputs("<span class=\"path\">", out);
		html_put(one->why[i].text, out);
		if (one->why[i].outside)
			fputs("</span>", out);
	}
	fputs(".</span>", out);
	write_calls(one, out);
	fputs("</li>\n", out);
}

static void write_list(const struct proposals *p, size_t from, size_t to,
		       FILE *out)
{
	fprintf(out, "<ol class=\"tests\" start=\"%zu\">\n", from + 1);
	for (size_t i = from; i < to; i++)
		write_proposal(&p->at[i], out);
	fputs("</ol>\n", out);
}

void html_proposals(const struct digest *d, const struct proposals *p,
		    FILE *out)
{
	const char *hint = proposals_hint(d);
	size_t shown = p->n < SHOWN ? p->n : SHOWN;

	fputs("<section aria-labelledby=\"tests\">\n<h2 id=\"tests\">"
	      "Which tests to add</h2>\n", out);
	if (p->n)
		write_list(p, 0, shown, out);
	else
		fputs("<p>Nothing in the recording points to a missing test."
		      "</p>\n", out);
	if (p->n > shown) {
		fprintf(out, "<details><summary>%zu more tests</summary>\n",
			p->n - shown);
		write_list(p, shown, p->n, out);
		fputs("</details>\n", out);
	}
	if (hint)
		fprintf(out, "<p class=\"note\">%s.</p>\n", hint);
	fputs("</section>\n", out);
}
