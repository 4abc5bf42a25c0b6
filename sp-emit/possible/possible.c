/* SPDX-License-Identifier: Apache-2.0 */
#include "possible.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "names.h"

/* The command line. */

static char *parse_count(struct additions *a, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!*text || *end || *text == '-' || !n || n > GRAPH_NUMBERS_MAX)
		return xasprintf("possible:N needs a number from 1 to %d",
				 GRAPH_NUMBERS_MAX);
	a->possible = n;
	return NULL;
}

/*
 * Divides "ARCH:NAME" at the colon. Returns NULL if the architecture is
 * unknown.
 */
static const struct arch *split_name(const char *text, const char **name)
{
	const char *colon = strchr(text, ':');
	const struct arch *arch;
	char *copy;

	*name = colon ? colon + 1 : text;
	if (!colon)
		return arch_native();
	copy = xstrdup(text);
	copy[colon - text] = '\0';
	arch = arch_by_name(copy);
	free(copy);
	return arch;
}

static char *parse_name(struct additions *a, const char *text)
{
	const char *name;
	const struct arch *arch = split_name(text, &name);
	struct call_id id;
	int err;

	if (!arch)
		return xasprintf("unknown architecture: '%s'", text);
	err = syscall_number(arch, name, &id);
	if (err == -EINVAL || (err && name != text))
		return xasprintf("no system call of %s is called '%s'",
				 arch->name, name);
	a->names = xgrow(a->names, a->n_names, sizeof(char *));
	a->names[a->n_names++] = xstrdup(text);
	return NULL;
}

char *additions_parse(struct additions *a, const char *list)
{
	static const char prefix[] = "possible:";
	char *copy = xstrdup(list), *rest = copy, *item, *problem = NULL;

	while (!problem && (item = strsep(&rest, ",")))
		problem = strncmp(item, prefix, strlen(prefix)) ?
			parse_name(a, item) :
			parse_count(a, item + strlen(prefix));
	free(copy);
	return problem;
}

void additions_free(struct additions *a)
{
	for (size_t i = 0; i < a->n_names; i++)
		free(a->names[i]);
	free(a->names);
}

/* Requests to the reader */

static bool has_no_name(const struct image *image)
{
	return !image->path || image->path[0] != '/';
}

static bool add_images(struct reader *r, const struct trace *t)
{
	for (size_t i = 0; i < t->n_images; i++) {
		const struct image *image = t->images[i];

		if (!has_no_name(image) &&
		    !reader_add(r, image->path, image->build_id,
				image->build_id_size, true))
			return false;
	}
	return true;
}

/* Adds mapped files, among which are plugins, if --paths recorded them. */
static bool add_mapped(struct reader *r, const struct trace *t)
{
	for (size_t i = 0; i < t->paths.n; i++) {
		const struct fact *fact = t->paths.at[i];
		uint32_t access = fact->id.nr;
		char *path;
		bool added;

		if (!(access & NAME_MAP) || fact->answer ||
		    access & (NAME_GIVEN | NAME_CUT | NAME_DELETED))
			continue;
		path = path_of_fact(fact);
		added = path[0] != '/' || reader_add(r, path, NULL, 0, false);
		free(path);
		if (!added)
			return false;
	}
	return true;
}

static void note_missing(const struct reader_answer *a)
{
	enum { SHOWN = 4 };
	char *copy = xstrdup(a->missing), *rest = copy, *line;

	for (int i = 0; i < SHOWN && (line = strsep(&rest, "\n")) && *line; i++) {
		char *printable = text_printable(line);

		message_note("--possible: not read: %s", printable);
		free(printable);
	}
	free(copy);
	if (a->n_missing > SHOWN)
		message_note("--possible: %u more files were not read",
			     a->n_missing - SHOWN);
}

static struct reader_answer *ask(struct reader *reader, const struct trace *t)
{
	struct reader_answer *a;

	if (!add_images(reader, t) || !add_mapped(reader, t)) {
		message_error("--possible: too many executables; select some "
			      "with --image");
		return NULL;
	}
	a = reader_ask(reader);
	if (!a) {
		message_error("--possible: reading the executables failed or "
			      "took more than %d s", READER_SECONDS);
		return NULL;
	}
	if (!a->error)
		note_missing(a);
	if (a->n_objects && !a->error)
		return a;
	if (a->error)
		message_error("--possible: cannot open all executables: %s",
			      strerror(a->error));
	else if (a->no_disassembler)
		message_error("--possible: install libcapstone, which "
			      "disassembles the programs");
	else
		message_error("--possible: no executable of the recording could "
			      "be read; --root=DIR says where they are");
	free(a);
	return NULL;
}

/* Ranking */

/* Calls that many other programs make are likelier: tests/coverage/popular. */
struct popular {
	const char *call;
	unsigned short suites, programs;	/* how many of them make it */
};

static const struct popular table[] = {
#include "popular.h"
};

static const struct popular *popular_of(struct call_id id)
{
	static const struct popular rare;
	char name[SYSCALL_NAME_MAX];

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]) &&
	     syscall_name(id, name); i++)
		if (!strcmp(table[i].call, name))
			return &table[i];
	return &rare;
}

/*
 * Orders calls by their likelihood. Imports of the executable itself come
 * before those of libraries. Among these, functions that make the call
 * themselves come before those that can reach it.
 */
static int by_chance(const void *a, const void *b)
{
	const struct possible_call *x = a, *y = b;
	const struct popular *px = popular_of(x->id), *py = popular_of(y->id);
	const int order[] = {
		(int)x->reached->near - (int)y->reached->near,
		!!x->reached->steps - !!y->reached->steps,
		py->suites - px->suites,
		py->programs - px->programs,
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (order[i])
			return order[i];
	return call_id_compare(&x->id, &y->id);
}

bool profile_allows(const struct profile *p, struct call_id id)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (!call_id_compare(&p->rules[i].id, &id) &&
		    action_allows(p->rules[i].action))
			return true;
	return false;
}

static void rank(struct possible *possible, const struct profile *p)
{
	const struct graph_result *r = &possible->answer->result;
	char name[SYSCALL_NAME_MAX];

	possible->calls = xcalloc(GRAPH_NUMBERS_MAX, sizeof(*possible->calls));
	for (int nr = 0; nr < GRAPH_NUMBERS_MAX; nr++) {
		struct call_id id = { AUDIT_ARCH_X86_64, nr };

		if (!r->calls[nr].near || !syscall_name(id, name) ||
		    profile_allows(p, id))
			continue;
		possible->calls[possible->n++] = (struct possible_call){
			id, &r->calls[nr] };
	}
	array_sort(possible->calls, possible->n, sizeof(*possible->calls),
		   by_chance);
}

bool possible_find(struct possible *possible, struct reader *reader,
		   const struct trace *t, const struct profile *p)
{
	const struct graph_result *r;

	possible->answer = ask(reader, t);
	if (!possible->answer)
		return false;
	rank(possible, p);
	r = &possible->answer->result;
	message_note("--possible: the code of %u files contains %zu more calls; "
		     "%u places have a number that is not constant",
		     possible->answer->n_objects, possible->n, r->n_unknown);
	if (r->cut_short)
		message_note("--possible: the list is incomplete, since "
			     "there are too many files, or too much code in "
			     "them");
	return true;
}

void possible_free(struct possible *possible)
{
	free(possible->calls);
	free(possible->answer);
}

const struct possible_call *possible_of(const struct possible *possible,
					struct call_id id)
{
	for (size_t i = 0; i < possible->n; i++)
		if (!call_id_compare(&possible->calls[i].id, &id))
			return &possible->calls[i];
	return NULL;
}

char *possible_why(const struct possible_call *call)
{
	const struct graph_call *reached = call->reached;
	char *object = text_printable(reached->object);
	char *function = text_printable(reached->function), *why;

	if (!*function)
		why = xasprintf("%s has the instruction", object);
	else
		why = xasprintf("%s imports %s%s", object, function,
				reached->steps ? ", which can make this call" : "");
	text_append(&why, "; ", "made by ");
	free(function);
	free(object);
	function = xasprintf("%u of %u other programs",
			     popular_of(call->id)->programs, POPULAR_PROGRAMS);
	text_append(&why, "", function);
	free(function);
	return why;
}

/* The calls of --add */

static bool is_loadable(struct call_id id, const struct format *format)
{
	return format->flags & FORMAT_STRICT ? !syscall_linux(id) :
		syscall_in_library(id);
}

static bool has_arch(const struct profile *p, const struct arch *arch)
{
	for (size_t i = 0; i < p->n_archs; i++)
		if (p->archs[i] == arch)
			return true;
	return false;
}

static bool allows_any(const struct profile *p, struct call_id id)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (!call_id_compare(&p->rules[i].id, &id) &&
		    action_allows(p->rules[i].action) && !p->rules[i].n_args)
			return true;
	return false;
}

static void allow(struct profile *p, struct call_id id,
		  const struct format *format, char **list)
{
	char name[SYSCALL_NAME_MAX];

	if (allows_any(p, id))
		return;
	syscall_label(id, name);
	base_allow(p, id, name, ORIGIN_ADDED, format->flags & FORMAT_ONE_LIST);
	text_append(list, ", ", name);
}

/* Returns false if it printed and latched an error. */
static bool add_name(struct profile *p, const char *text,
		     const struct format *format, char **list)
{
	const char *name;
	const struct arch *arch = split_name(text, &name);
	struct call_id id;

	if (name == text)
		arch = p->archs[0];
	if (!has_arch(p, arch)) {
		message_error("--add: %s: no call of %s was recorded", text,
			      arch->name);
		return false;
	}
	if (syscall_number(arch, name, &id)) {
		message_error("--add: %s has no system call %s", arch->name,
			      name);
		return false;
	}
	if (!is_loadable(id, format)) {
		message_error("--add: %s: the program that loads --%s may not "
			      "know the name, and then refuses the profile", name,
			      format->name);
		return false;
	}
	allow(p, id, format, list);
	return true;
}

static void add_first(const struct possible *possible, unsigned int n,
		      struct profile *p, const struct format *format,
		      char **list)
{
	for (size_t i = 0; i < possible->n && n; i++) {
		if (!is_loadable(possible->calls[i].id, format))
			continue;
		allow(p, possible->calls[i].id, format, list);
		n--;
	}
}

bool possible_add(const struct possible *possible, const struct additions *a,
		  struct profile *p, const struct format *format)
{
	char *list = NULL;
	bool fine = true;

	for (size_t i = 0; i < a->n_names; i++)
		fine &= add_name(p, a->names[i], format, &list);
	add_first(possible, a->possible, p, format, &list);
	if (list && fine)
		message_note("--add: allowed, though no run made them: %s",
			     list);
	free(list);
	profile_sort(p);
	return fine;
}
