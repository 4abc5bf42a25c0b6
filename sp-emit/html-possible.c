/* SPDX-License-Identifier: Apache-2.0 */
/* --possible: the calls that the executables can make, but that no run made. */
#include "html.h"
#include "kernel/danger.h"
#include "kernel/purpose.h"
#include "possible/possible.h"

enum { SHOWN = 40 };

static void write_call(const struct possible_call *call, size_t rank,
		       FILE *out)
{
	const struct purpose *purpose = purpose_of(call->id);
	const struct danger *danger = danger_of(call->id);
	char name[SYSCALL_NAME_MAX];

	fprintf(out, "<tr><td class=\"num\">%zu</td><th scope=\"row\"><code>%s"
		"</code>", rank, syscall_label(call->id, name));
	if (danger)
		fprintf(out, " <span class=\"rank r%d\">rank %d</span>",
			danger->rank, danger->rank);
	fprintf(out, "</th><td>%s: ", subject_name(purpose->subject));
	html_put(purpose->text, out);
	fputs("</td><td class=\"path\">", out);
	html_take(possible_why(call), out);
	fputs("</td></tr>\n", out);
}

/* Calls that --add allows keep their numbers in the list, but get no row. */
static size_t write_calls(const struct emit *emit, FILE *out)
{
	const struct possible *possible = emit->possible;
	size_t n = 0;

	for (size_t i = 0; i < possible->n; i++) {
		if (profile_allows(emit->profile, possible->calls[i].id))
			continue;
		if (n++ < SHOWN)
			write_call(&possible->calls[i], i + 1, out);
	}
	return n;
}

void html_possible(const struct emit *emit, FILE *out)
{
	size_t n;

	if (!emit->lists_possible)
		return;
	fputs("<section aria-labelledby=\"possible\">\n<h2 id=\"possible\">"
	      "Possible, but never ran</h2>\n<p>The executables can make "
	      "these calls, and the profile does not allow them. Record runs "
	      "that make those which belong to the program; the likeliest "
	      "come first.</p>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
	      "aria-label=\"Table of possible calls\">\n"
	      "<table><caption>Place in the list, call, what it is for, and "
	      "where it is</caption>\n<thead><tr><th scope=\"col\" "
	      "class=\"num\">Place</th><th scope=\"col\">Call</th>"
	      "<th scope=\"col\">For</th><th scope=\"col\">Where</th></tr>"
	      "</thead>\n<tbody>\n", out);
	n = write_calls(emit, out);
	fputs("</tbody></table>\n</div>\n", out);
	if (n > SHOWN)
		fprintf(out, "<p>%zu more are in the list that sp-emit --explain "
			"--possible prints.</p>\n", n - SHOWN);
	fputs("</section>\n", out);
}
