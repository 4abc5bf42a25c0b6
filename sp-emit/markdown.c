/* SPDX-License-Identifier: Apache-2.0 */
/* --markdown: a short report for a pull request, in GitHub's Markdown. */
#include <stdlib.h>

#include "base/markup.h"
#include "base/memory.h"
#include "proposal.h"

/* Writes the text and frees it. */
static void put(char *text, FILE *out)
{
	char *escaped = markup_markdown(text);

	fputs(escaped, out);
	free(escaped);
	free(text);
}

/* Lists the images that made the call. */
static void put_makers(const struct digest *d, const struct digest_call *call,
		       FILE *out)
{
	enum { MAKERS_MAX = 3 };

	for (size_t i = 0; i < call->n_facts && i < MAKERS_MAX; i++) {
		fputs(i ? ", " : "; ", out);
		put(digest_maker(d, call, i), out);
	}
	if (call->n_facts > MAKERS_MAX)
		fprintf(out, " and %zu more", call->n_facts - MAKERS_MAX);
	if (!call->n_facts)
		fprintf(out, "; no run made it (%s)", call->reasons);
}

static void write_dangers(const struct digest *d, FILE *out)
{
	fprintf(out, "\n**Dangerous to allow:** %zu of rank 1 (takes over the "
		"machine), %zu of rank 2 (leads out of the sandbox), %zu of "
		"rank 3 (opens more of the kernel).\n\n", d->dangers[1],
		d->dangers[2], d->dangers[3]);
	for (int rank = 1; rank <= 3; rank++)
		for (size_t i = 0; i < d->n; i++) {
			const struct digest_call *call = &d->calls[i];

			if (!call->danger || call->danger->rank != rank)
				continue;
			fprintf(out, "- :warning: `%s`, rank %d: %s",
				call->name, rank, call->danger->reason);
			put_makers(d, call, out);
			putc('\n', out);
		}
}

static bool has_subject(const struct digest *d, enum subject subject)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->calls[i].allowed &&
		    d->calls[i].purpose->subject == subject)
			return true;
	return false;
}

static void write_subject(const struct digest *d, enum subject subject,
			  FILE *out)
{
	const char *separator = "";

	fprintf(out, "| %s | ", subject_name(subject));
	for (size_t i = 0; i < d->n; i++) {
		const struct digest_call *call = &d->calls[i];

		if (!call->allowed || call->purpose->subject != subject)
			continue;
		fprintf(out, "%s%s%s`%s`%s", separator,
			call->danger ? ":warning: " : "",
			call->observed ? "" : "_", call->name,
			call->observed ? "" : "_");
		separator = " ";
	}
	fputs(" |\n", out);
}

static void write_calls(const struct digest *d, FILE *out)
{
	fprintf(out, "\n<details><summary>%zu observed and %zu other "
		"calls</summary>\n\nCalls in italics were not observed; a group "
		"or an option adds them.\n\n| for | calls |\n|---|---|\n",
		d->observed, d->allowed + d->foreign - d->observed);
	for (enum subject s = 0; s < SUBJECTS; s++)
		if (has_subject(d, s))
			write_subject(d, s, out);
	fputs("\n</details>\n", out);
}

static void write_sentences(const struct digest *d, FILE *out)
{
	char *verdict = digest_verdict(d), *certainty = digest_certainty(d);

	fprintf(out, "### Sandbox profile\n\n**%s.**\n\n**How sure:** %s "
		"(runs: %zu).\n", verdict, certainty, d->recordings);
	free(verdict);
	free(certainty);
}

static void write_advice(const struct digest *d, FILE *out)
{
	char **advice = digest_advice(d);

	fputs("\n**Next:**\n\n", out);
	for (size_t i = 0; advice[i]; i++) {
		fprintf(out, "- %s.\n", advice[i]);
		free(advice[i]);
	}
	free(advice);
}

static void write_test(const struct proposal *test, FILE *out)
{
	enum { CALLS_MAX = 6 };

	fprintf(out, "- **%s%s", test->test, test->like ? " " : "");
	if (test->like)
		put(xstrdup(test->like), out);
	fputs(".** Why: ", out);
	for (size_t i = 0; i < test->n_why; i++)
		if (test->why[i].outside)
			put(xstrdup(test->why[i].text), out);
		else
			fputs(test->why[i].text, out);
	for (size_t i = 0; i < test->n_calls && i < CALLS_MAX; i++)
		fprintf(out, "%s`%s`", i ? " " : " (", test->calls[i]);
	if (test->n_calls > CALLS_MAX)
		fprintf(out, " and %zu more", test->n_calls - CALLS_MAX);
	fprintf(out, "%s.\n", test->n_calls ? ")" : "");
}

static void write_tests(const struct digest *d, FILE *out)
{
	enum { TESTS_MAX = 5 };
	struct proposals *p = proposals_new(d);
	const char *hint = proposals_hint(d);

	if (p->n)
		fputs("\n**Tests to add:**\n\n", out);
	for (size_t i = 0; i < p->n && i < TESTS_MAX; i++)
		write_test(&p->at[i], out);
	if (p->n > TESTS_MAX)
		fprintf(out, "- %zu more are in the page that `sp-emit --html` "
			"writes.\n", p->n - TESTS_MAX);
	if (hint)
		fprintf(out, "\n%s.\n", hint);
	proposals_free(p);
}

void write_markdown(const struct emit *emit, FILE *out)
{
	struct digest *d = digest_new(emit);

	write_sentences(d, out);
	write_dangers(d, out);
	write_tests(d, out);
	write_calls(d, out);
	write_advice(d, out);
	digest_free(d);
}
