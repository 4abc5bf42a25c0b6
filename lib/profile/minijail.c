/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy of minijail: minijail0(5), with the additions of its Python
 * compiler, compile_seccomp_policy.py. It is for the native architecture, and a
 * call that it does not name kills the process.
 *
 * "CONDITIONS; return ERRNO" has opposite meanings in the two: minijail0 denies
 * a call if the conditions do not hold, and the Python compiler if they do. A
 * policy that minijail0 would refuse is read as the Python compiler reads it.
 */
#include "profile/minijail.h"

#include <ctype.h>
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "profile/included.h"

enum {
	DEPTH_MAX = 10,		/* include_depth_limit in parser.py */
	INCLUDES_MAX = 256,
	CALLS_MAX = 1024,
	RULES_MAX = 1 << 14,
	/* a file counts each time it is included */
	INCLUDED_BYTES_MAX = 16 << 20,
};

/* A call and its filters, in the order of the policy. */
struct filtered {
	struct call_id id;
	char *name;
	struct minijail_filter *filters;
	size_t n;
};

struct policy {
	struct reader *reader;
	struct filtered *calls;
	size_t n_calls, n_rules, n_includes, n_bytes, statement;
	uint32_t default_action;
	bool is_python;
	/* Some files have "@denylist" and others do not. */
	bool denies, allows, file_denies;
	unsigned int depth;
};

static void policy_free(struct policy *p)
{
	for (size_t i = 0; i < p->n_calls; i++) {
		for (size_t j = 0; j < p->calls[i].n; j++)
			free(p->calls[i].filters[j].groups);
		free(p->calls[i].filters);
		free(p->calls[i].name);
	}
	free(p->calls);
}

/* Calls */

/* minijail refuses names that it does not know. */
static bool find_call(struct reader *r, const char *name, struct call_id *id)
{
	const struct arch *native = arch_native();

	if (!syscall_number(native, name, id))
		return true;
	if (isdigit((unsigned char)*name))
		return refuse(r, "%s: minijail0 refuses numbers, though its "
			      "manual has them: write the name", name);
	if (strchr(name, '@'))
		return refuse(r, "%s: groups of calls are in a constants.json, "
			      "which is not read", name);
	return refuse(r, "no system call of %s is called %s", native->name,
		      name);
}

static struct filtered *filtered_of(struct policy *p, struct call_id id,
				    const char *name)
{
	for (size_t i = 0; i < p->n_calls; i++)
		if (!call_id_compare(&p->calls[i].id, &id))
			return &p->calls[i];
	if (p->n_calls == CALLS_MAX)
		return NULL;
	p->calls = xgrow(p->calls, p->n_calls, sizeof(*p->calls));
	p->calls[p->n_calls] = (struct filtered){
		.id = id, .name = xstrdup(name),
	};
	return &p->calls[p->n_calls++];
}

/* Adds a copy of the filter. */
static bool add_filter(struct policy *p, const char *name,
		       const struct minijail_filter *filter)
{
	struct minijail_filter copy = *filter;
	struct filtered *call;
	struct call_id id;

	if (!find_call(p->reader, name, &id))
		return false;
	call = filtered_of(p, id, name);
	p->n_rules += 1 + filter->n;
	if (!call || p->n_rules > RULES_MAX)
		return refuse(p->reader, "more than %d rules", RULES_MAX);
	copy.groups = NULL;
	if (copy.n)
		copy.groups = xmemdup(filter->groups,
				      copy.n * sizeof(*copy.groups));
	copy.statement = p->statement;
	call->filters = xgrow(call->filters, call->n, sizeof(copy));
	call->filters[call->n++] = copy;
	return true;
}

/* Statements */

/* The calls before the colon of a statement. */
struct names {
	char **names;
	size_t n;
};

static void names_free(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->names[i]);
	free(names->names);
}

static char *take_name(struct cursor *c, const char *others)
{
	size_t n = 0;

	cursor_skip_space(c);
	while (isalnum((unsigned char)c->at[n]) ||
	       (c->at[n] && strchr(others, c->at[n])))
		n++;
	c->at += n;
	return n ? xasprintf("%.*s", (int)n, c->at - n) : NULL;
}

static bool is_native(const char *arch)
{
	const char *native = arch_native()->name;

	return !strcmp(arch, native) ||
	       (!strcmp(native, "aarch64") && !strcmp(arch, "arm64"));
}

/*
 * Reads "[arch=NAME,…]"; sets `here` if this machine's architecture is listed.
 */
static bool read_metadata(struct cursor *c, bool *here)
{
	*here = true;
	if (!cursor_take(c, "["))
		return true;
	c->is_python = true;
	if (!cursor_take_word(c, "arch") || !cursor_take(c, "="))
		return cursor_refuse(c, "no arch=");
	*here = false;
	do {
		char *arch = take_name(c, "_-");

		*here |= arch && is_native(arch);
		free(arch);
	} while (cursor_take(c, ","));
	return cursor_take(c, "]") || cursor_refuse(c, "no ']'");
}

static bool read_name(struct cursor *c, struct names *names)
{
	char *name = take_name(c, "_-@");
	bool here, ok;

	if (!name)
		return cursor_refuse(c, "expected the name of a call");
	ok = read_metadata(c, &here);
	if (!ok || !here) {
		free(name);
		return ok;
	}
	names->names = xgrow(names->names, names->n, sizeof(*names->names));
	names->names[names->n++] = name;
	return true;
}

static bool read_names(struct cursor *c, struct names *names)
{
	if (!cursor_take(c, "{"))
		return read_name(c, names);
	c->is_python = true;
	do {
		if (!read_name(c, names))
			return false;
	} while (cursor_take(c, ","));
	return cursor_take(c, "}") || cursor_refuse(c, "no '}'");
}

static bool read_one_filter(struct policy *p, struct cursor *c,
			    const struct names *names)
{
	struct minijail_filter filter;
	bool ok = minijail_read_filter(c, &filter);

	if (ok && p->file_denies &&
	    (filter.action & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO)
		ok = refuse(p->reader, "no return: every line needs one after "
			    "@denylist");
	for (size_t i = 0; ok && i < names->n; i++)
		ok = add_filter(p, names->names[i], &filter);
	free(filter.groups);
	return ok;
}

/* Reads one filter, or several in braces. */
static bool read_filters(struct policy *p, struct cursor *c,
			 const struct names *names)
{
	if (!cursor_take(c, "{"))
		return read_one_filter(p, c, names);
	c->is_python = true;
	do {
		if (!read_one_filter(p, c, names))
			return false;
	} while (cursor_take(c, ","));
	return cursor_take(c, "}") || cursor_refuse(c, "no '}'");
}

static bool read_calls(struct policy *p, struct cursor *c)
{
	struct names names = { NULL, 0 };
	bool ok;

	p->statement++;
	ok = read_names(c, &names) &&
	     (cursor_take(c, ":") || cursor_refuse(c, "no colon")) &&
	     read_filters(p, c, &names) && cursor_at_end(c);
	names_free(&names);
	return ok;
}

/* Directives */

/* Reads the path after "@include" and similar words. */
static bool read_path(struct cursor *c, const char **path)
{
	cursor_skip_space(c);
	*path = c->at;
	if (strncmp(c->at, "/", 1) && strncmp(c->at, "./", 2))
		return cursor_refuse(c,
			       "expected a path that begins with / or ./");
	while (*c->at && !isspace((unsigned char)*c->at))
		c->at++;
	return cursor_at_end(c);
}

/* Returns the path of a file that `from` includes; the caller frees it. */
static char *include_path(const struct host *host, const char *from,
			  const char *path)
{
	if (*path == '/')
		return xasprintf("%s%s", host->root ? host->root : "", path);
	return included_beside(from, path + strlen("./"));
}

static bool read_text(void *state, const char *path, char *text);

/* Notes a path that leads out of the policy's directory. */
static void note_include(struct policy *p, const char *name, const char *path)
{
	if ((*name == '/' && !p->reader->host->root) || strstr(name, ".."))
		profile_note(p->reader->profile, "includes %s", path);
}

static bool read_include(struct policy *p, struct cursor *c, const char *from)
{
	const struct host *host = p->reader->host;
	const struct included_file *file;
	const char *name;
	char *path;
	bool ok;

	if (!read_path(c, &name))
		return false;
	if (p->depth == DEPTH_MAX || ++p->n_includes > INCLUDES_MAX ||
	    p->n_bytes > INCLUDED_BYTES_MAX)
		return refuse(p->reader, "@include: too many files, or they "
			      "include each other");
	p->is_python |= p->depth > 1;
	path = include_path(host, from, name);
	file = included_find(host->included, path);
	note_include(p, name, path);
	p->n_bytes += file ? file->n : 0;
	if (file && file->text)
		ok = reader_include(p->reader, file, read_text, p);
	else
		ok = refuse(p->reader, "@include %s: %s: %s%s", name, path,
			    file ? strerror(-file->err) : "not read",
			    *name == '/' && !host->root ?
			    " (--root=DIR looks for it below DIR)" : "");
	free(path);
	return ok;
}

static bool read_default(struct policy *p, struct cursor *c)
{
	uint32_t action;

	if (!minijail_read_action(c, &action))
		return false;
	if (action_allows(action) || action == SECCOMP_RET_TRACE)
		return refuse(p->reader,
			"@default: the default action cannot allow calls");
	p->default_action = action;
	return cursor_at_end(c);
}

static bool read_directive(struct policy *p, struct cursor *c,
			   const char *from)
{
	if (cursor_take_word(c, "@include"))
		return read_include(p, c, from);
	/* it is skipped, because it only affects the speed */
	if (cursor_take_word(c, "@frequency"))
		return true;
	c->is_python = true;
	if (cursor_take_word(c, "@default"))
		return read_default(p, c);
	if (cursor_take_word(c, "@denylist")) {
		p->file_denies = true;
		return cursor_at_end(c);
	}
	return cursor_refuse(c, "expected @include, @default, @denylist or "
				"@frequency");
}

/* Files */

/*
 * Removes a comment. A comment that ends in '\' continues on the next line for
 * minijail0, but not for the other compiler.
 */
static bool cut_comment(struct policy *p, char *line)
{
	char *comment = strchr(line, '#');
	size_t n = strlen(line);

	if (!comment)
		return true;
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	if (line[n - 1] == '\\')
		return refuse(p->reader, "a comment that ends in '\\': whether "
			      "the next line belongs to it depends on the "
			      "compiler");
	*comment = '\0';
	p->is_python |= *text_strip(line) != '\0';
	return true;
}

/* Whether the line continues on the next one. Removes the backslash. */
static bool is_continued(char *line)
{
	size_t n = strlen(line);

	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	if (!n || line[n - 1] != '\\')
		return false;
	line[n - 1] = '\0';
	return true;
}

/*
 * Returns the next statement with its continuation lines, which the caller
 * frees. Returns NULL at the end, or after setting the problem.
 */
static char *next_statement(struct policy *p, char **text, bool *ok)
{
	struct reader *r = p->reader;
	char *whole = NULL, *line;
	bool more = true;

	while (*ok && more && (line = strsep(text, "\n"))) {
		r->line++;
		*ok = cut_comment(p, line);
		more = *ok && is_continued(line);
		*ok = *ok && reader_join(r, &whole, line);
		if (more && (!*text || !**text))
			*ok = refuse(r, "the last line ends in '\\': minijail "
				     "leaves it out");
	}
	if (*ok)
		return whole;
	free(whole);
	return NULL;
}

static bool read_statement(struct policy *p, char *text, const char *from)
{
	struct cursor c = { .reader = p->reader, .at = text_strip(text) };
	bool ok = true;

	if (*c.at == '@')
		ok = read_directive(p, &c, from);
	else if (*c.at)
		ok = read_calls(p, &c);
	p->is_python |= c.is_python;
	return ok;
}

static bool read_text(void *state, const char *path, char *text)
{
	struct policy *p = state;
	bool ok = true, outer = p->file_denies;
	char *statement;

	p->file_denies = false;
	p->depth++;
	while (ok && (statement = next_statement(p, &text, &ok))) {
		ok = read_statement(p, statement, path);
		free(statement);
	}
	p->depth--;
	*(p->file_denies ? &p->denies : &p->allows) = true;
	p->file_denies = outer;
	return ok;
}

/* Adds a rule for a group of a filter, after all files were read. */

static bool add_rule(struct policy *p, const struct filtered *call,
		     const struct minijail_group *group, uint32_t action)
{
	struct profile *profile = p->reader->profile;
	struct profile_rule rule = {
		.id = call->id, .name = call->name, .action = action,
	};

	if (group) {
		memcpy(rule.args, group->args, sizeof(rule.args));
		rule.n_args = group->n;
	}
	profile_add_rule(profile, &rule);
	return profile->n_rules <= RULES_MAX ||
	       refuse(p->reader, "more than %d rules", RULES_MAX);
}

/* Whether later filters of the call have no effect after this one. */
static bool is_final(const struct policy *p, const struct minijail_filter *f)
{
	return !f->n || (!p->is_python && f->has_action);
}

static bool add_filter_rules(struct policy *p, const struct filtered *call,
			     const struct minijail_filter *f)
{
	uint32_t action = p->is_python && f->has_action ? f->action :
							  SECCOMP_RET_ALLOW;

	for (size_t i = 0; i < f->n; i++)
		if (!add_rule(p, call, &f->groups[i], action))
			return false;
	return !is_final(p, f) || add_rule(p, call, NULL, f->action);
}

/*
 * Checks two statements for one call. minijail0 refuses them, unless it was
 * built to use the first one. The other compiler joins them, but refuses
 * statements after one without conditions.
 */
static bool check_twice(struct policy *p, const struct filtered *call,
			const struct minijail_filter *first,
			const struct minijail_filter *second)
{
	p->reader->file = second->file;
	p->reader->line = second->line;
	if (!is_final(p, first) ||
	    (!first->n && !second->n && first->action == second->action))
		return true;
	if (first->statement == second->statement)
		return refuse(p->reader, "%s: more after a filter without "
			      "conditions", call->name);
	return refuse(p->reader, "%s: twice, first in %s%sline %zu", call->name,
		      first->file ? first->file : "", first->file ? ", " : "",
		      first->line);
}

/*
 * If the last filter of a call allows it without conditions, the filters before
 * it have no effect: compile_filter_statement(), compiler.py.
 */
static size_t ignored_filters(const struct policy *p,
			      const struct filtered *call)
{
	const struct minijail_filter *last = &call->filters[call->n - 1];

	if (!p->is_python || p->denies || last->n ||
	    last->action != SECCOMP_RET_ALLOW)
		return 0;
	if (call->n > 1)
		profile_note(p->reader->profile, "%s: allowed always, since "
			     "compile_seccomp_policy.py ignores conditions "
			     "before a final allow", call->name);
	return call->n - 1;
}

static bool add_call_rules(struct policy *p, const struct filtered *call)
{
	size_t ignored = ignored_filters(p, call);
	bool final = false;

	for (size_t i = 0; i < call->n; i++) {
		const struct minijail_filter *f = &call->filters[i];

		if (i && !check_twice(p, call, f - 1, f))
			return false;
		if (i < ignored)
			continue;
		if (!final && !add_filter_rules(p, call, f))
			return false;
		final = final || is_final(p, f);
	}
	return final || add_rule(p, call, NULL, p->default_action);
}

/*
 * Finds joined statements with conditions. They show for which compiler the
 * policy was written.
 */
static void find_joined(struct policy *p)
{
	char *names = NULL;

	for (size_t i = 0; i < p->n_calls; i++) {
		const struct filtered *call = &p->calls[i];

		for (size_t j = 1; j < call->n; j++)
			if (call->filters[j - 1].n &&
			    call->filters[j - 1].statement !=
			    call->filters[j].statement) {
				text_append(&names, ", ", call->name);
				break;
			}
	}
	if (!names)
		return;
	p->is_python = true;
	profile_note(p->reader->profile, "more than one statement, joined as "
		     "compile_seccomp_policy.py does: %s", names);
	free(names);
}

static bool add_rules(struct policy *p)
{
	struct profile *profile = p->reader->profile;

	find_joined(p);

	if (p->denies && p->allows)
		return refuse(p->reader, "one file has @denylist, and another "
			      "has not");
	if (p->denies)
		p->default_action = SECCOMP_RET_ALLOW;
	profile->default_action = p->default_action;
	for (size_t i = 0; i < p->n_calls; i++)
		if (!add_call_rules(p, &p->calls[i]))
			return false;
	return p->n_calls || refuse(p->reader, "names no system call");
}

/* minijail compares only the number, and has no names for x32. */
static void add_archs(struct profile *p)
{
	const struct arch *x32 = arch_by_name("x32");

	profile_add_arch(p, arch_native());
	if (x32 && x32->audit == arch_native()->audit &&
	    p->default_action != SECCOMP_RET_KILL_PROCESS)
		profile_add_arch(p, x32);
}

bool read_minijail(struct reader *r, char *text, size_t n)
{
	struct policy p = {
		.reader = r, .default_action = SECCOMP_RET_KILL_PROCESS,
	};
	bool ok;

	(void)n;
	r->profile = profile_new(SECCOMP_RET_KILL_PROCESS);
	r->profile->form = PROFILE_MINIJAIL;
	r->profile->ordered = true;
	r->profile->other_arch_action = SECCOMP_RET_KILL_PROCESS;
	ok = read_text(&p, r->host->path, text);
	if (ok) {
		r->file = NULL;
		r->line = 0;
		ok = add_rules(&p);
	}
	if (ok)
		add_archs(r->profile);
	policy_free(&p);
	return ok;
}

/*
 * Loads the included files before the tool enters its sandbox, even if the
 * policy has other errors.
 */
static void load_includes(struct policy *p, struct host *host,
			  const char *path, const char *text)
{
	char *copy = xstrdup(text), *rest = copy, *statement;
	bool ok = true;

	while (ok && (statement = next_statement(p, &rest, &ok))) {
		struct cursor c = {
			.reader = p->reader, .at = text_strip(statement),
		};
		const char *name;

		if (cursor_take_word(&c, "@include") && read_path(&c, &name)) {
			char *found = include_path(host, path, name);
			bool known = included_find(host->included, found);
			const struct included_file *file =
				included_load(&host->included, found);

			free(found);
			if (file && file->text && !known)
				load_includes(p, host, file->path, file->text);
		}
		free(*p->reader->problem);
		*p->reader->problem = NULL;
		free(statement);
	}
	free(copy);
}

void minijail_prepare(struct host *host, const char *text)
{
	char *problem = NULL;
	struct reader r = { .root = "", .problem = &problem };
	struct policy p = { .reader = &r };

	load_includes(&p, host, host->path, text);
	free(problem);
}
