/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --html: a page for reviewers of a profile. It needs no other file, and works
 * in any browser.
 */
#include "html.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/memory.h"
#include "base/message.h"

void html_put(const char *text, FILE *out)
{
	char *escaped = markup_html(text);

	fputs(escaped, out);
	free(escaped);
}

void html_take(char *text, FILE *out)
{
	html_put(text, out);
	free(text);
}

static const struct part {
	const char *id, *title;
} parts[] = {
	{ "verdict", "Verdict" }, { "can", "What it may do" },
	{ "dangers", "What is risky" }, { "sure", "How sure" },
	{ "tests", "Which tests to add" }, { "next", "What to do next" },
	{ "calls", "The calls" }, { "possible", "Possible, but never ran" },
	{ "runs", "The runs" }, { "paths", "Paths" },
};

static bool has_part(const struct emit *emit, const struct part *part)
{
	return (strcmp(part->id, "possible") || emit->lists_possible) &&
		(strcmp(part->id, "paths") || html_has_paths(emit));
}

static void write_contents(const struct emit *emit, FILE *out)
{
	fputs("<nav aria-label=\"Parts of this page\"><ul>\n", out);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (has_part(emit, &parts[i]))
			fprintf(out, "<li><a href=\"#%s\">%s</a></li>\n",
				parts[i].id, parts[i].title);
	fputs("</ul></nav>\n", out);
}

/*
 * The content security policy permits the page's own script and nothing else;
 * nothing is loaded.
 */
static void write_start(const struct digest *d, FILE *out)
{
	char *program = digest_program(d);

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" "
	      "content=\"default-src 'none'; style-src 'unsafe-inline'; "
	      "base-uri 'none'; form-action 'none'; script-src '", out);
	fputs(html_script_hash, out);
	fputs("'\">\n<meta name=\"viewport\" "
	      "content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<title>Sandbox profile of ", out);
	html_put(program, out);
	fputs("</title>\n<style>", out);
	fputs(html_style, out);
	fputs("</style>\n</head>\n<body>\n<a class=\"skip\" "
	      "href=\"#verdict\">Skip to the verdict</a>\n<header>\n"
	      "<h1>Sandbox profile of <span class=\"path\">", out);
	html_take(program, out);
	fputs("</span></h1>\n", out);
	write_contents(d->emit, out);
	fputs("</header>\n<main>\n", out);
}

static void write_number(size_t n, const char *text, FILE *out)
{
	fprintf(out, "<li><strong>%zu</strong> %s</li>\n", n, text);
}

static size_t count_dangers(const struct digest *d)
{
	return d->dangers[1] + d->dangers[2] + d->dangers[3];
}

static void write_worst(const struct digest *d, FILE *out)
{
	enum { NAMED = 5 };
	size_t n = 0;

	if (!count_dangers(d))
		fputs("No allowed call is known to be dangerous. ", out);
	for (int rank = 1; rank <= 3; rank++)
		for (size_t i = 0; i < d->n; i++)
			if (d->calls[i].danger &&
			    d->calls[i].danger->rank == rank && n++ < NAMED)
				fprintf(out, "%s<code>%s</code>, %s",
					n > 1 ? "; " : "", d->calls[i].name,
					d->calls[i].danger->reason);
	if (n > NAMED)
		fprintf(out, " and %zu more", n - NAMED);
	fputs(n ? ". " : "", out);
	fputs("Paths and addresses are not restricted. ", out);
}

/* Writes short answers to the four questions of a reviewer. */
static void write_answers(const struct digest *d, const struct proposals *p,
			  FILE *out)
{
	fputs("<dl>\n<div><dt>It may</dt><dd>", out);
	html_can(d, out);
	fputs("<a href=\"#can\">What it may do</a></dd></div>\n<div><dt>It "
	      "may not</dt><dd>", out);
	html_cannot(d, out);
	fputs(".</dd></div>\n<div><dt>Risky</dt><dd>", out);
	write_worst(d, out);
	fprintf(out, "<a href=\"#dangers\">What is risky</a></dd></div>\n<div>"
		"<dt>Sure</dt><dd>The certainty is <strong>%s</strong>: ",
		digest_grade(d));
	html_take(digest_certainty(d), out);
	fputs(". <a href=\"#sure\">How sure</a></dd></div>\n<div><dt>Test</dt>"
	      "<dd>", out);
	if (p->n)
		html_proposal(&p->at[0], out);
	else
		fputs("Nothing points to a missing test", out);
	fputs(". <a href=\"#tests\">Which tests to add</a></dd></div>\n</dl>\n",
	      out);
}

static void write_verdict(const struct digest *d, const struct proposals *p,
			  FILE *out)
{
	fputs("<section aria-labelledby=\"verdict\">\n<h2 id=\"verdict\" "
	      "tabindex=\"-1\">Verdict</h2>\n<p class=\"lead\">", out);
	html_take(digest_verdict(d), out);
	fputs(".</p>\n", out);
	if (d->usual)
		fprintf(out, "<p class=\"bar\" aria-hidden=\"true\"><span "
			"style=\"width:%zu%%\"></span></p>\n",
			d->allowed >= d->usual ? 100 :
			100 * d->allowed / d->usual);
	write_answers(d, p, out);
	fputs("<ul class=\"tiles\">\n", out);
	write_number(d->observed, "allowed calls were observed", out);
	write_number(d->allowed + d->foreign - d->observed,
		     "more are allowed, for the start or by an option", out);
	write_number(count_dangers(d), "are dangerous to allow", out);
	write_number(d->recordings, d->recordings == 1 ? "run was recorded" :
		     "runs were recorded", out);
	fputs("</ul>\n</section>\n", out);
}

static void write_makers(const struct digest *d, const struct digest_call *call,
			 FILE *out)
{
	for (size_t i = 0; i < call->n_facts && i < HTML_MAKERS_MAX; i++) {
		fputs("<br><span class=\"path\">", out);
		html_take(digest_maker(d, call, i), out);
		fputs("</span>", out);
	}
	if (call->n_facts > HTML_MAKERS_MAX)
		fprintf(out, "<br>and %zu more", call->n_facts -
			HTML_MAKERS_MAX);
	if (!call->n_facts)
		fprintf(out, "<br>No run made it (%s).", call->reasons);
}

static void write_dangers(const struct digest *d, FILE *out)
{
	size_t n = 0;

	fputs("<section aria-labelledby=\"dangers\">\n<h2 id=\"dangers\">"
	      "What is risky</h2>\n<ul class=\"dangers\">\n", out);
	for (int rank = 1; rank <= 3; rank++)
		for (size_t i = 0; i < d->n; i++) {
			const struct digest_call *call = &d->calls[i];

			if (!call->danger || call->danger->rank != rank)
				continue;
			n++;
			fprintf(out, "<li><span class=\"rank r%d\">rank "
				"%d</span> <code>%s</code>: ", rank, rank,
				call->name);
			html_put(call->danger->reason, out);
			fputs(" <span class=\"source\">(", out);
			html_put(call->danger->source, out);
			fputs(")</span>", out);
			write_makers(d, call, out);
			fputs("</li>\n", out);
		}
	if (!n)
		fputs("<li>No allowed call is known to be dangerous.</li>\n",
		      out);
	fprintf(out, "</ul>\n<p>%s Paths are not restricted by a profile of "
		"calls: with the rights of its user, a program that may open "
		"files can also write to the kernel's settings in <code>/proc"
		"</code> and <code>/sys</code>.</p>\n", d->emit->args ? "Of some calls, only the "
		"arguments that were recorded are allowed: --args." :
		"An allowed call may be given any arguments, such as any "
		"family of sockets, any request of a device, or new "
		"namespaces for a child; --args restricts them.");
	if (n)
		fputs("<p class=\"note\">Rank 1 takes over the machine, rank 2 "
		      "leads out of the sandbox, rank 3 opens more of the "
		      "kernel.</p>\n", out);
	fputs("</section>\n", out);
}

static void write_notes(const struct digest *d, FILE *out)
{
	char **notes = message_notes();

	if (d->emit->partial)
		fputs("<p><strong>The recording is incomplete.</strong></p>\n",
		      out);
	if (!notes || !*notes)
		return;
	fputs("<details><summary>Notes of sp-emit</summary>\n<ul>\n", out);
	for (; *notes; notes++) {
		fputs("<li>", out);
		html_put(*notes, out);
		fputs("</li>\n", out);
	}
	fputs("</ul></details>\n", out);
}

/*
 * Explains by what the runs were counted, and how the runs of a service can be
 * counted better.
 */
static void write_units(const struct digest *d, FILE *out)
{
	if (digest_has_repeats(d))
		fputs("<p>Runs with the same command line count as one, as if "
		      "a test had been repeated. If they are different tests, "
		      "name them by <code>sp-record --name</code>, and write "
		      "this page with <code>--unit=name</code>: then runs with "
		      "the same name count as one.</p>\n", out);
	if (d->emit->unit.by != UNIT_LABEL)
		return;
	fputs("<p>The prediction is for runs with another value of the label "
	      "<code>", out);
	html_put(d->emit->unit.label, out);
	fputs("</code>.</p>\n", out);
}

static void write_failures(const struct digest *d, FILE *out)
{
	if (d->failed)
		fprintf(out, "<p>%zu of %zu runs failed: they crashed, or "
			"exited with another status than 0.</p>\n", d->failed,
			d->recordings);
	else
		fputs("<p>No run is known to have crashed, or to have exited "
		      "with another status than 0.</p>\n", out);
}

static void write_certainty(const struct digest *d, FILE *out)
{
	fputs("<section aria-labelledby=\"sure\">\n<h2 id=\"sure\">"
	      "How sure</h2>\n<p>Certainty that no needed call is missing: "
	      "<strong>", out);
	fprintf(out, "%s</strong>. ", digest_grade(d));
	html_take(digest_certainty(d), out);
	fputs(".</p>\n", out);
	if (d->discovery.units < RISK_UNITS_MIN)
		fprintf(out, "<p>These are too few %s: in six test suites, one "
			"of four runs made a call that ten others had not "
			"made.</p>\n", d->words->many);
	write_units(d, out);
	write_failures(d, out);
	html_curve(d, out);
	write_notes(d, out);
	fputs("</section>\n", out);
}

static void write_advice(const struct digest *d, FILE *out)
{
	char **advice = digest_advice(d);

	fputs("<section aria-labelledby=\"next\">\n<h2 id=\"next\">"
	      "What to do next</h2>\n<ol>\n", out);
	for (size_t i = 0; advice[i]; i++) {
		fputs("<li>", out);
		html_take(advice[i], out);
		fputs(".</li>\n", out);
	}
	free(advice);
	fputs("</ol>\n</section>\n", out);
}

void write_html(const struct emit *emit, FILE *out)
{
	struct digest *d = digest_new(emit);
	struct proposals *p = proposals_new(d);

	write_start(d, out);
	write_verdict(d, p, out);
	html_abilities(d, out);
	write_dangers(d, out);
	write_certainty(d, out);
	html_proposals(d, p, out);
	write_advice(d, out);
	html_calls(d, out);
	html_possible(emit, out);
	html_runs(d, out);
	html_paths(emit, out);
	fputs("</main>\n<footer><p>Written by sp-emit --html; "
	      "sandprint-report(7) explains the page.</p></footer>\n"
	      "<script>", out);
	fputs(html_script, out);
	fputs("</script>\n</body>\n</html>\n", out);
	proposals_free(p);
	digest_free(d);
}
