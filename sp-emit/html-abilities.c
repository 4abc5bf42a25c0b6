/* SPDX-License-Identifier: Apache-2.0 */
/* Describes in plain words what the profile allows and what it denies. */
#include "html.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kernel/path.h"

enum { NAMES_MAX = 8 };

enum share { OBSERVED, ADDED };

/*
 * Writes the allowed calls of the ability: either those that a run made or
 * those that no run made. The execve(2) that started the program does not
 * count, since the program itself did not make it. Returns the number of calls.
 */
static size_t write_names(const struct digest *d, const struct ability *ability,
			  enum share share, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct digest_call *call = &d->calls[i];
		bool seen = call->observed && !digest_is_initial(call);

		if (!call->allowed || seen != (share == OBSERVED) ||
		    call->ability != ability)
			continue;
		n++;
		if (out)
			fprintf(out, " <code>%s</code>", call->name);
	}
	return n;
}

/* Writes the allowed calls of other abilities that have the same effect. */
static size_t write_other_ways(const struct digest *d,
			       const struct ability *ability, FILE *out)
{
	char name[SYSCALL_NAME_MAX];
	size_t n = 0;

	for (size_t i = 0; ability->other_ways && i < d->n; i++) {
		const struct digest_call *call = &d->calls[i];

		if (!call->allowed || !syscall_name(call->id, name) ||
		    !text_has_word(ability->other_ways, name))
			continue;
		n++;
		if (out)
			fprintf(out, " <code>%s</code>", call->name);
	}
	return n;
}

enum extent {
	DONE,			/* a run made a call of the ability */
	ALLOWED,		/* a call is allowed, but no run made it */
	OTHER,			/* calls of other abilities can do the same */
	DENIED,			/* no allowed call can do it */
};

static enum extent extent_of(const struct digest *d,
			     const struct ability *ability)
{
	if (write_names(d, ability, OBSERVED, NULL))
		return DONE;
	if (write_names(d, ability, ADDED, NULL))
		return ALLOWED;
	return write_other_ways(d, ability, NULL) ? OTHER : DENIED;
}

/*
 * A connect(2) that does not block fails with EINPROGRESS, and one that a
 * signal interrupts fails with EINTR. In both cases the kernel goes on
 * connecting.
 */
static bool was_reached(const struct fact *fact)
{
	return !fact->answer || fact->answer == -EINPROGRESS ||
		fact->answer == -EINTR;
}

static void write_addresses(const struct trace *t, const char *operation,
			    const char *before, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < t->sockets.n; i++) {
		const struct fact *fact = t->sockets.at[i];
		const char *name = socket_operation_name(fact->id.nr);

		if (!name || strcmp(name, operation) || !was_reached(fact) ||
		    n++ >= NAMES_MAX)
			continue;
		fprintf(out, "%s<span class=\"path\">", n == 1 ? before : ", ");
		html_take(socket_text(fact), out);
		fputs("</span>", out);
	}
	if (n > NAMES_MAX)
		fprintf(out, " and %zu more", n - NAMES_MAX);
}

static void write_programs(const struct trace *t, FILE *out)
{
	for (size_t i = 0; i < t->n_images && i < NAMES_MAX; i++) {
		fprintf(out, "%s<span class=\"path\">", i ? ", " :
			"<br>Recorded programs: ");
		html_take(image_text(t, i), out);
		fputs("</span>", out);
	}
	if (t->n_images > NAMES_MAX)
		fprintf(out, " and %zu more", t->n_images - NAMES_MAX);
}

/* Writes the recorded addresses or programs, if the calls are about them. */
static void write_objects(const struct digest *d, const char *calls, FILE *out)
{
	const struct trace *t = d->emit->trace;

	if (text_has_word(calls, "bind"))
		write_addresses(t, "bind", "<br>At: ", out);
	if (text_has_word(calls, "connect"))
		write_addresses(t, "connect", "<br>To: ", out);
	if (text_has_word(calls, "execve"))
		write_programs(t, out);
}

static void write_ability(const struct digest *d, const struct ability *ability,
			  FILE *out)
{
	fprintf(out, "<li><strong>%s</strong> <span class=\"of\">",
		ability->text);
	write_names(d, ability, OBSERVED, out);
	fputs("</span>", out);
	write_objects(d, ability->calls, out);
	if (write_names(d, ability, ADDED, NULL)) {
		fputs("<br><span class=\"of\">Also allowed, though no run "
		      "made them:", out);
		write_names(d, ability, ADDED, out);
		fputs("</span>", out);
	}
	fputs("</li>\n", out);
}

static void write_done(const struct digest *d, FILE *out)
{
	const struct ability *ability;

	fputs("<ul class=\"can\">\n", out);
	for (size_t i = 0; (ability = ability_at(i)); i++)
		if (extent_of(d, ability) == DONE)
			write_ability(d, ability, out);
	fputs("</ul>\n", out);
}

static void write_added(const struct digest *d, FILE *out)
{
	const struct ability *ability;
	size_t n = 0;

	for (size_t i = 0; (ability = ability_at(i)); i++) {
		if (extent_of(d, ability) != ALLOWED)
			continue;
		if (!n++)
			fputs("<p>No run did this, but the start of the program "
			      "or its container, or an option, needs it:</p>\n"
			      "<ul class=\"can\">\n", out);
		fprintf(out, "<li>%s <span class=\"of\">", ability->text);
		write_names(d, ability, ADDED, out);
		fputs("</span></li>\n", out);
	}
	if (n)
		fputs("</ul>\n", out);
}

static void write_indirect(const struct digest *d, FILE *out)
{
	const struct ability *ability;

	for (size_t i = 0; (ability = ability_at(i)); i++) {
		if (extent_of(d, ability) != OTHER)
			continue;
		fprintf(out, "<p>No call of its own is allowed to %s, but "
			"these calls can do it:", ability->text);
		write_other_ways(d, ability, out);
		fputs("</p>\n", out);
	}
}

/*
 * Writes `before` and the notable abilities with that extent, and returns their
 * number. Without such an ability, writes nothing.
 */
static size_t write_notable(const struct digest *d, enum extent extent,
			    const char *before, FILE *out)
{
	const struct ability *ability;
	size_t n = 0;

	for (size_t i = 0; (ability = ability_at(i)); i++)
		if (ability->notable && extent_of(d, ability) == extent)
			fprintf(out, "%s%s", n++ ? "; " : before,
				ability->text);
	return n;
}

void html_abilities(const struct digest *d, FILE *out)
{
	fputs("<section aria-labelledby=\"can\">\n<h2 id=\"can\">"
	      "What it may do</h2>\n", out);
	write_done(d, out);
	write_added(d, out);
	write_indirect(d, out);
	fputs("<p>No call is allowed to: <strong>", out);
	if (!write_notable(d, DENIED, "", out))
		fputs("(everything that a reviewer looks for is possible)", out);
	fputs("</strong>.</p>\n<p class=\"note\">A profile of calls does not "
	      "restrict files: those of /proc, /sys and /dev can have such "
	      "effects, too.</p>\n</section>\n", out);
}

void html_can(const struct digest *d, FILE *out)
{
	if (write_notable(d, DONE, "", out))
		fputs("; ", out);
	fputs("use open files, memory and time as programs do. ", out);
	if (write_notable(d, ALLOWED, "Allowed, though no run did it: ", out))
		fputs(". ", out);
	if (write_notable(d, OTHER, "Possible by calls for other purposes: ",
			  out))
		fputs(". ", out);
}

void html_cannot(const struct digest *d, FILE *out)
{
	if (!write_notable(d, DENIED, "", out))
		fputs("nothing of note", out);
}
