/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads those lines of a firejail profile that make filters, and the files that
 * it includes: firejail-profile(5). It reads them as firejail 0.9.72 does
 * (src/firejail/profile.c).
 */
#include "profile/firejail.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "profile/included.h"

enum {
	LINE_MAX_BYTES = 8191,	/* MAX_READ */
	DEPTH_MAX = 16,		/* MAX_INCLUDE_LEVEL */
	IGNORE_MAX = 64,	/* MAX_PROFILE_IGNORE */
	INCLUDES_MAX = 1024,
	/* a file counts each time it is included */
	INCLUDED_BYTES_MAX = 16 << 20,
	ITEMS_BYTES_MAX = 1024,	/* protocols or namespaces */
};

#define SYSTEM_DIRECTORY "/etc/firejail"

/* The state while the lines are read. */
struct parser {
	struct reader *reader;
	struct firejail f;
	char *ignored[IGNORE_MAX];
	size_t n_ignored, n_includes, n_bytes;
	unsigned int depth;
};

bool firejail_action(const char *text, bool log, uint32_t *action)
{
	uint32_t value;

	if (!strcmp(text, "kill"))
		*action = SECCOMP_RET_KILL_THREAD;
	else if (log && !strcmp(text, "log"))
		*action = SECCOMP_RET_LOG;
	else if (errno_by_name(text, &value))
		*action = SECCOMP_RET_ERRNO | value;
	else
		return false;
	return true;
}

static void list_free(struct firejail_list *l)
{
	free(l->list);
	free(l->file);
	*l = (struct firejail_list){ 0 };
}

static void parser_free(struct parser *p)
{
	struct firejail *f = &p->f;

	list_free(&f->list);
	list_free(&f->drop);
	list_free(&f->keep);
	list_free(&f->list_32);
	list_free(&f->drop_32);
	list_free(&f->keep_32);
	free(f->protocol);
	free(f->namespaces);
	for (size_t i = 0; i < p->n_ignored; i++)
		free(p->ignored[i]);
}

/* Lines */

/*
 * Makes every sequence of white space one blank, and removes it at both ends.
 */
static char *squeeze(char *line)
{
	char *to = line = text_strip(line);

	for (const char *at = line; *at; at++)
		if (!isspace((unsigned char)*at))
			*to++ = *at;
		else if (!isspace((unsigned char)at[1]))
			*to++ = ' ';
	*to = '\0';
	return line;
}

static bool is_ignored(const struct parser *p, const char *line)
{
	for (size_t i = 0; i < p->n_ignored; i++) {
		size_t n = strlen(p->ignored[i]);

		if (!strncmp(line, p->ignored[i], n) &&
		    (!line[n] || line[n] == ' '))
			return true;
	}
	return false;
}

static bool add_ignored(struct parser *p, const char *line)
{
	if (!*line || p->n_ignored == IGNORE_MAX)
		return refuse(p->reader, *line ? "ignore: too many lines" :
					 "ignore: nothing listed");
	p->ignored[p->n_ignored++] = xstrdup(line);
	return true;
}

/* Accepts only the characters that firejail accepts in a list. */
static bool set_list(struct parser *p, struct firejail_list *l,
		     const char *word, const char *list)
{
	for (const char *at = list; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("_,:@-$!", *at))
			return refuse(p->reader,
				      "%s: '%.40s' cannot be in a list",
				      word, at);
	if (!*list)
		return refuse(p->reader, "%s: nothing listed", word);
	list_free(l);
	*l = (struct firejail_list){
		xstrdup(list), p->reader->file ? xstrdup(p->reader->file) :
		NULL, p->reader->line
	};
	return true;
}

static void remove_item(char **list, const char *item)
{
	char *rest = *list, *kept = NULL, *one;

	while ((one = strsep(&rest, ",")))
		if (strcmp(one, item))
			text_append(&kept, ",", one);
	free(*list);
	*list = kept;
}

/*
 * Adds "a,-b,=c" to the list that earlier lines made (profile_list_compress()).
 */
static bool augment(struct parser *p, char **list, const char *items)
{
	char *copy = xstrdup(items), *rest = copy, *item;

	while ((item = strsep(&rest, ","))) {
		if (*item == '=') {
			free(*list);
			*list = NULL;
		}
		if (*item == '-') {
			remove_item(list, item + 1);
			continue;
		}
		item += *item == '+' || *item == '=';
		if (!*item)
			continue;
		remove_item(list, item);
		text_append(list, ",", item);
	}
	free(copy);
	return !*list || strlen(*list) <= ITEMS_BYTES_MAX ||
	       refuse(p->reader, "a list of more than %d bytes",
		      ITEMS_BYTES_MAX);
}

static bool set_action(struct parser *p, const char *action)
{
	return firejail_action(action, true, &p->f.action) ||
	       refuse(p->reader, "seccomp-error-action: neither kill, "
		      "log nor an errno");
}

static bool read_list_line(struct parser *p, const char *word,
			   const char *rest, bool *taken)
{
	struct firejail *f = &p->f;
	const struct {
		const char *word;
		struct firejail_list *list;
		bool *filter;
	} rows[] = {
		{ "seccomp", &f->list, &f->seccomp },
		{ "seccomp.drop", &f->drop, &f->seccomp },
		{ "seccomp.keep", &f->keep, &f->seccomp },
		{ "seccomp.32", &f->list_32, &f->seccomp_32 },
		{ "seccomp.32.drop", &f->drop_32, &f->seccomp_32 },
		{ "seccomp.32.keep", &f->keep_32, &f->seccomp_32 },
	};

	*taken = true;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(rows[i].word, word)) {
			*rows[i].filter = true;
			return (!i && !*rest) ||
			       set_list(p, rows[i].list, word, rest);
		}
	*taken = false;
	return true;
}

static bool read_word(struct parser *p, const char *word, const char *rest)
{
	struct firejail *f = &p->f;
	bool taken, ok = read_list_line(p, word, rest, &taken);

	if (taken)
		return ok;
	if (!strcmp(word, "seccomp.block-secondary"))
		f->block_secondary = true;
	else if (!strcmp(word, "memory-deny-write-execute"))
		f->deny_write_execute = true;
	else if (!strcmp(word, "allow-debuggers"))
		f->allow_debuggers = true;
	else if (!strcmp(word, "protocol"))
		return augment(p, &f->protocol, rest);
	else if (!strcmp(word, "restrict-namespaces"))
		return augment(p, &f->namespaces, *rest ? rest :
			       "cgroup,ipc,net,mnt,pid,time,user,uts");
	else if (!strcmp(word, "seccomp-error-action"))
		return set_action(p, rest);
	else if (!strncmp(word, "seccomp", strlen("seccomp")))
		return refuse(p->reader, "%s: a directive that is not read",
			      word);
	return true;
}

/*
 * Whether a line can change the filters, or the effect of other lines on them.
 */
static bool is_about_filters(const char *line)
{
	static const char ignore[] = "ignore ";
	static const char *const words[] = {
		"allow-debuggers", "include", "memory-deny-write-execute",
		"protocol", "restrict-namespaces",
	};
	size_t n;

	while (!strncmp(line, ignore, strlen(ignore)))
		line += strlen(ignore);
	n = strcspn(line, " ");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == n && !memcmp(words[i], line, n))
			return true;
	return !strncmp(line, "seccomp", strlen("seccomp"));
}

/*
 * "?CONDITION: line": only a running firejail can decide whether the condition
 * holds.
 */
static bool read_conditional(struct parser *p, const char *line)
{
	const char *colon = strchr(line, ':');

	while (colon && *++colon == ' ')
		;
	return !colon || !is_about_filters(colon) ||
	       refuse(p->reader, "%.40s: cannot tell whether this holds: "
		      "remove the condition or the line", line);
}

/* Includes */

/*
 * Returns place number `i` where firejail looks for a file, which the caller
 * frees. A name with a slash has only the first place. Returns NULL after the
 * last.
 */
static char *include_place(const struct host *host, const char *from,
			   const char *name, size_t i)
{
	const char *root = host->root ? host->root : "";
	const char *home = getenv("HOME");

	if (strchr(name, '/'))
		return i ? NULL : *name == '/' ? xasprintf("%s%s", root, name) :
						 xstrdup(name);
	switch (i) {
	case 0:
		return xasprintf("%s%s/.config/firejail/%s", root,
				 home ? home : "", name);
	case 1:
		return included_beside(from, name);
	case 2:
		return xasprintf("%s" SYSTEM_DIRECTORY "/%s", root, name);
	default:
		return NULL;
	}
}

/*
 * Replaces ${CFG} and ${HOME}; the caller frees the result. NULL for other
 * macros.
 */
static char *expand(const char *name)
{
	static const char cfg[] = "${CFG}", home[] = "${HOME}";

	if (!strncmp(name, cfg, strlen(cfg)))
		return xasprintf(SYSTEM_DIRECTORY "%s", name + strlen(cfg));
	if (!strncmp(name, home, strlen(home)))
		return xasprintf("%s%s", getenv("HOME") ?: "",
				 name + strlen(home));
	return strchr(name, '$') ? NULL : xstrdup(name);
}

static bool is_local(const char *name)
{
	static const char suffix[] = ".local";
	size_t n = strlen(name);

	return n > strlen(suffix) &&
	       !strcmp(name + n - strlen(suffix), suffix);
}

static bool read_text(void *state, const char *path, char *text);

/* Finds the file in the first place that has it. */
static const struct included_file *find_included(const struct host *host,
						 const char *from,
						 const char *name)
{
	char *path;

	for (size_t i = 0; (path = include_place(host, from, name, i)); i++) {
		const struct included_file *file =
			included_find(host->included, path);

		free(path);
		if (file && (file->text || file->err != -ENOENT))
			return file;
	}
	return NULL;
}

static bool read_include(struct parser *p, const char *from, const char *line)
{
	struct reader *r = p->reader;
	char *name = expand(line);
	const struct included_file *file = NULL;
	bool ok;

	if (p->depth > DEPTH_MAX || ++p->n_includes > INCLUDES_MAX ||
	    p->n_bytes > INCLUDED_BYTES_MAX ||
	    included_is_full(r->host->included)) {
		free(name);
		return refuse(r, "include: too many files, or they include "
			      "each other");
	}
	if (name)
		file = find_included(r->host, from, name);
	p->n_bytes += file ? file->n : 0;
	if (!name)
		ok = refuse(r, "include %s: a macro other than ${CFG} and "
			    "${HOME}", line);
	else if (!file)
		ok = is_local(name) ||
		     refuse(r, "include %s: no such file beside the profile or "
			    "in %s" SYSTEM_DIRECTORY, line,
			    r->host->root ? r->host->root : "");
	else
		ok = file->text ?
		     reader_include(r, file, read_text, p) :
		     refuse(r, "include %s: %s: %s", line, file->path,
			    strerror(-file->err));
	if (ok && file && strchr(name, '/') && strncmp(name, SYSTEM_DIRECTORY,
						       strlen(SYSTEM_DIRECTORY)))
		profile_note(r->profile, "includes %s", file->path);
	free(name);
	return ok;
}

/* Files */

/* Returns the directive of a line, with comments and extra blanks removed. */
static char *clean(char *line)
{
	line[strcspn(line, "#")] = '\0';
	return squeeze(line);
}

static bool read_line(struct parser *p, const char *from, char *line)
{
	static const char ignore[] = "ignore ", include[] = "include ";
	char *rest;

	if (strlen(line) > LINE_MAX_BYTES)
		return refuse(p->reader, "a line of more than %d bytes: firejail "
			      "reads no further", LINE_MAX_BYTES);
	line = clean(line);
	if (*line == '?')
		return read_conditional(p, line);
	if (is_ignored(p, line))
		return true;
	if (!strncmp(line, ignore, strlen(ignore)))
		return add_ignored(p, line + strlen(ignore));
	if (!strncmp(line, include, strlen(include)))
		return read_include(p, from, line + strlen(include));
	rest = strchr(line, ' ');
	if (rest)
		*rest++ = '\0';
	return read_word(p, line, rest ? rest : "");
}

static bool read_text(void *state, const char *path, char *text)
{
	struct parser *p = state;
	bool ok = true;
	char *line;

	p->depth++;
	while (ok && (line = strsep(&text, "\n"))) {
		p->reader->line++;
		ok = read_line(p, path, line);
	}
	p->depth--;
	return ok;
}

bool read_firejail(struct reader *r, char *text, size_t n)
{
	struct parser p = {
		.reader = r, .f.action = SECCOMP_RET_ERRNO | EPERM,
	};
	bool ok;

	(void)n;
	r->profile = profile_new(SECCOMP_RET_ALLOW);
	ok = read_text(&p, r->host->path, text);
	if (ok) {
		r->file = NULL;
		r->line = 0;
		if (!p.f.seccomp && !p.f.seccomp_32 && !p.f.protocol &&
		    !p.f.namespaces && !p.f.deny_write_execute)
			ok = refuse(r, "a firejail profile without a seccomp "
				    "line");
		ok = ok && firejail_filters(r, &p.f);
	}
	parser_free(&p);
	return ok;
}

/*
 * Loads all files that might be included, whether they are ignored or not,
 * before the tool enters its sandbox.
 */
static void load_includes(struct host *host, const char *from,
			  const char *text)
{
	static const char include[] = "include ";
	char *copy = xstrdup(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		char *name, *path;

		line = clean(line);
		if (strncmp(line, include, strlen(include)))
			continue;
		name = expand(line + strlen(include));
		for (size_t i = 0; name && (path = include_place(host, from,
								 name, i));
		     i++) {
			bool known = included_find(host->included, path);
			const struct included_file *file =
				included_load(&host->included, path);

			free(path);
			if (file && file->text && !known)
				load_includes(host, file->path, file->text);
		}
		free(name);
	}
	free(copy);
}

void firejail_prepare(struct host *host, const char *text)
{
	load_includes(host, host->path, text);
}
