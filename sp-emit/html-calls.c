/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of calls: which images and runs made each, and with which
 * arguments.
 */
#include "html.h"

#include <inttypes.h>

#include "stream/stack.h"

static void write_head_row(FILE *out)
{
	fputs("<thead role=\"rowgroup\"><tr role=\"row\">"
	      "<th scope=\"col\" role=\"columnheader\">Call</th>"
	      "<th scope=\"col\" role=\"columnheader\">Purpose and executables</th>"
	      "<th scope=\"col\" role=\"columnheader\" class=\"num\">Times"
	      "</th><th scope=\"col\" role=\"columnheader\" class=\"num\">"
	      "Runs</th></tr></thead>\n", out);
}

static void write_more(size_t n, size_t most, const char *what, FILE *out)
{
	if (n > most)
		fprintf(out, "<li>and %zu more %s</li>", n - most, what);
}

/*
 * Writes the stack of each image's first use of the call, if there are stacks.
 */
static void write_stacks(const struct digest *d,
			 const struct digest_call *call, FILE *out)
{
	const struct trace *t = d->emit->trace;
	size_t n;
	struct fact **facts = facts_of_call(d->stacks, t->stacks.n, call->id,
					    &n);

	for (size_t i = 0; i < n && i < HTML_STACKS_MAX; i++) {
		fputs("<li>from <code>", out);
		html_take(stack_chain(facts[i]), out);
		fputs("</code> by <span class=\"path\">", out);
		html_take(image_text(t, facts[i]->image), out);
		fputs("</span></li>", out);
	}
	write_more(n, HTML_STACKS_MAX, "stacks", out);
}

static void write_details(const struct digest *d,
			  const struct digest_call *call, FILE *out)
{
	fprintf(out, "<details><summary>%s<span class=\"vh\">, details of "
		"%s</span></summary><ul>", call->reasons, call->name);
	for (size_t i = 0; i < call->n_facts && i < HTML_MAKERS_MAX; i++) {
		fputs("<li><span class=\"path\">", out);
		html_take(digest_maker(d, call, i), out);
		fputs("</span></li>", out);
	}
	write_more(call->n_facts, HTML_MAKERS_MAX, "executables", out);
	for (size_t i = 0; i < call->n_arguments && i < HTML_ARGUMENTS_MAX;
	     i++) {
		fputs("<li><code>", out);
		html_put(call->arguments[i], out);
		fputs("</code></li>", out);
	}
	write_more(call->n_arguments, HTML_ARGUMENTS_MAX, "arguments", out);
	write_stacks(d, call, out);
	if (call->observed)
		fprintf(out, "<li>first %.3f s after the start of a run</li>",
			call->first_ns / 1e9);
	fputs("</ul></details>", out);
}

static void write_call(const struct digest *d, const struct digest_call *call,
		       FILE *out)
{
	fprintf(out, "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">"
		"<code>%s</code>", call->name);
	if (call->danger)
		fprintf(out, " <span class=\"rank r%d\">rank %d</span>",
			call->danger->rank, call->danger->rank);
	if (!call->allowed)
		fputs(" <span class=\"rank no\">denied</span>", out);
	fprintf(out, "</th><td role=\"cell\">%s: ",
		subject_name(call->purpose->subject));
	html_put(call->purpose->text, out);
	write_details(d, call, out);
	fprintf(out, "</td><td role=\"cell\" class=\"num\" data-of=\"times\">%"
		PRIu64 "</td><td role=\"cell\" class=\"num\" "
		"data-of=\"runs\">%zu</td></tr>\n", call->count,
		call->n_runs);
}

void html_calls(const struct digest *d, FILE *out)
{
	fprintf(out, "<section aria-labelledby=\"calls\">\n"
		"<h2 id=\"calls\" tabindex=\"-1\">The calls</h2>\n"
		"<p class=\"tools\" id=\"tools\" hidden><label>Filter <input "
		"type=\"search\" id=\"filter\"></label> <label><input "
		"type=\"checkbox\" id=\"risky\"> dangerous only</label> "
		"<span role=\"status\" id=\"shown\"></span></p>\n"
		"<table id=\"table\" role=\"table\"><caption>%zu calls "
		"(%zu denied), with what each is for, who made it and with "
		"which arguments</caption>\n",
		d->n, d->n - d->allowed - d->foreign);
	write_head_row(out);
	fputs("<tbody role=\"rowgroup\">\n", out);
	for (size_t i = 0; i < d->n; i++)
		write_call(d, &d->calls[i], out);
	fputs("</tbody></table>\n</section>\n", out);
}
