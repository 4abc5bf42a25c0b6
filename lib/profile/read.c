/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/private.h"

#include <ctype.h>
#include <errno.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/memory.h"
#include "base/text.h"
#include "profile/included.h"
#include "profile/systemd-files.h"
#include "profile/systemd-groups.h"
#include "stream/kind.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* These limits are far above those of profiles in use. */
enum {
	FILE_MAX = 16 << 20,	/* bytes */
	RULES_MAX = 1 << 14,
	UNKNOWN_MAX = 1 << 10,
	JOINED_MAX = 64 << 10,	/* bytes */
};

bool refuse(struct reader *r, const char *fmt, ...)
{
	char *text, *raw;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (r->line)
		raw = xasprintf("%s%sline %zu: %s", r->file ? r->file : "",
				r->file ? ": " : "", r->line,
				text ? text : "out of memory");
	else
		raw = xasprintf("%s%s", r->root,
				text ? text : "out of memory");
	free(text);
	*r->problem = text_printable(raw);	/* it can quote the file */
	free(raw);
	return false;
}

bool errno_by_name(const char *name, uint32_t *value)
{
	static const struct {
		const char *name;
		uint32_t value;
	/* strerrorname_np(3) knows only one name for each number */
	} others[] = {
		{ "EWOULDBLOCK", EWOULDBLOCK }, { "EDEADLOCK", EDEADLOCK },
		{ "ENOTSUP", ENOTSUP },
	};
	char *end;

	for (size_t i = 0; i < N_ELEMENTS(others); i++)
		if (!strcmp(others[i].name, name)) {
			*value = others[i].value;
			return true;
		}
	for (*value = 1; *name == 'E' && *value <= ERRNO_MAX; ++*value) {
		const char *known = strerrorname_np(*value);

		if (known && !strcmp(known, name))
			return true;
	}
	*value = strtoul(name, &end, 10);
	return isdigit((unsigned char)*name) && !*end &&
	       strlen(name) <= strlen("4095") && *value <= ERRNO_MAX;
}

bool reader_join(struct reader *r, char **whole, const char *line)
{
	char *longer;

	if (!*whole) {
		*whole = xstrdup(line);
		return true;
	}
	if (strlen(*whole) + strlen(line) > JOINED_MAX)
		return refuse(r, "a continued line of more than %d KiB",
			      JOINED_MAX >> 10);
	longer = xasprintf("%s %s", *whole, line);
	free(*whole);
	*whole = longer;
	return true;
}

bool reader_include(struct reader *r, const struct included_file *file,
		    bool (*read)(void *state, const char *path, char *text),
		    void *state)
{
	struct reader before = *r;
	char *copy = xmemdup(file->text, file->n + 1);
	bool ok;

	r->file = file->path;
	r->line = 0;
	ok = strlen(copy) == file->n ? read(state, file->path, copy) :
				       refuse(r, "%s: binary data", file->path);
	if (ok) {
		r->file = before.file;
		r->line = before.line;
	}
	free(copy);
	return ok;
}

char *text_strip(char *text)
{
	char *end;

	while (isspace((unsigned char)*text))
		text++;
	end = text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return text;
}

/*
 * Whether libseccomp can filter the name only as an argument of socketcall(2)
 * or ipc(2) on this architecture.
 */
static bool multiplexed(const struct arch *arch, const char *name,
			struct call_id *id)
{
	int nr = seccomp_syscall_resolve_name_arch(arch->scmp, name);

	*id = (struct call_id){ arch->audit, nr };
	return nr <= __PNR_socket && nr >= __PNR_shmctl;
}

bool reader_add_rule(struct reader *r, const struct arch *arch,
		     const char *name, const struct profile_rule *rule,
		     bool *known)
{
	struct profile_rule copy = *rule;

	copy.name = (char *)name;
	*known = !syscall_number(arch, name, &copy.id) ||
		 multiplexed(arch, name, &copy.id);
	if (*known)
		profile_add_rule(r->profile, &copy);
	return r->profile->n_rules <= RULES_MAX ||
	       refuse(r, "more than %d rules", RULES_MAX);
}

bool reader_add_unknown(struct reader *r, const char *name)
{
	struct profile *p = r->profile;

	p->unknown = xgrow(p->unknown, p->n_unknown, sizeof(*p->unknown));
	p->unknown[p->n_unknown++] = xstrdup(name);
	return p->n_unknown <= UNKNOWN_MAX ||
	       refuse(r, "more than %d unknown names", UNKNOWN_MAX);
}

bool reader_add_name(struct reader *r, const char *name,
		     const struct profile_rule *rule)
{
	bool known = false;

	for (size_t i = 0; i < r->profile->n_archs; i++) {
		bool here;

		if (!reader_add_rule(r, r->profile->archs[i], name, rule,
				     &here))
			return false;
		known = known || here;
	}
	return known || reader_add_unknown(r, name);
}

/*
 * Finds the kind of a file. The first line that is specific to a format
 * decides.
 */

typedef bool (*reader_fn)(struct reader *r, char *text, size_t n);

static bool refuse_source(struct reader *r, char *text, size_t n)
{
	(void)text, (void)n;
	return refuse(r, "C source: verify the output of sp-emit --bpf for the "
		      "same recording, or the process that loaded it");
}

static bool refuse_binary(struct reader *r, char *text, size_t n)
{
	(void)text, (void)n;
	return refuse(r, "binary data: if it is a raw filter, sp-verify -p "
		      "reads it");
}

/* Refuses a file of a known kind that is not a profile. */
static bool refuse_kind(struct reader *r, char *text, size_t n)
{
	char *why = kind_refusal(text, n, "a seccomp profile");

	refuse(r, "%s", why);
	free(why);
	return false;
}

static bool refuse_other(struct reader *r, char *text, size_t n)
{
	(void)text, (void)n;
	return refuse(r, "not a profile: no JSON or YAML, no section of a "
		      "unit, no rule of minijail, LXC, Kafel or snapd, no "
		      "seccomp line of firejail");
}

static bool starts(const char *s, size_t n, const char *with)
{
	return n >= strlen(with) && !memcmp(s, with, strlen(with));
}

static size_t skip_blanks(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && isblank((unsigned char)s[i]))
		i++;
	return i;
}

static bool is_section(const char *s, size_t n)
{
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	return n > 2 && isalpha((unsigned char)s[1]) && s[n - 1] == ']';
}

static bool is_yaml_key(const char *word, size_t n)
{
	static const char *const keys[] = {
		"apiVersion", "kind", "metadata", "spec", "status",
		"defaultAction", "architectures", "archMap", "syscalls",
	};

	for (size_t i = 0; i < N_ELEMENTS(keys); i++)
		if (strlen(keys[i]) == n && !memcmp(keys[i], word, n))
			return true;
	return false;
}

/*
 * Whether the line is a firejail directive with which profiles begin, with an
 * argument that it can have.
 */
static bool is_firejail_line(const char *s, size_t n)
{
	static const char *const alone[] = {
		"allow-debuggers", "apparmor", "caps", "ipc-namespace",
		"machine-id", "memory-deny-write-execute", "netfilter", "no3d",
		"nodvd", "nogroups", "noinput", "nonewprivs", "noprinters",
		"noroot", "nosound", "notv", "nou2f", "novideo", "private-cache",
		"private-dev", "private-tmp", "quiet", "restrict-namespaces",
		"tracelog",
	};
	static const char *const with_value[] = {
		"blacklist", "blacklist-nolog", "caps.drop", "caps.keep",
		"dbus-system", "dbus-user", "ignore", "include", "mkdir",
		"mkfile", "net", "nice", "noblacklist", "noexec", "nowhitelist",
		"private-bin", "private-etc", "private-lib", "protocol",
		"read-only", "read-write", "restrict-namespaces", "shell",
		"whitelist", "whitelist-ro", "x11",
	};
	size_t word = 0;

	while (word < n && (isalnum((unsigned char)s[word]) ||
			    strchr(".-", s[word])))
		word++;
	for (size_t i = 0; i < N_ELEMENTS(alone); i++)
		if (strlen(alone[i]) == word && starts(s, n, alone[i]) &&
		    word + skip_blanks(s + word, n - word) == n)
			return true;
	for (size_t i = 0; i < N_ELEMENTS(with_value); i++)
		if (strlen(with_value[i]) == word &&
		    starts(s, n, with_value[i]) && word + 1 < n &&
		    isblank((unsigned char)s[word]))
			return true;
	return starts(s, n, "seccomp");
}

/*
 * Judges a line that begins with a word and a sign: "read: 1", "seccomp.keep",
 * "Key=".
 */
static reader_fn format_of_words(const char *s, size_t n)
{
	size_t word = 0, after;

	while (word < n && (isalnum((unsigned char)s[word]) || s[word] == '_'))
		word++;
	after = word + skip_blanks(s + word, n - word);
	if (word && after < n && s[after] == ':')
		return is_yaml_key(s, word) ? read_yaml : read_minijail;
	if (word && after < n && s[after] == '=')
		return read_systemd;
	return is_firejail_line(s, n) ? read_firejail : NULL;
}

/* "{ read, write }" cannot be JSON, where names have quotes. */
static bool is_list_of_calls(const char *s, size_t n)
{
	size_t at = 1 + skip_blanks(s + 1, n - 1);

	return at < n && isalpha((unsigned char)s[at]);
}

static reader_fn format_of_line(const char *s, size_t n)
{
	reader_fn format;

	if (*s == '#' || *s == ';')
		return NULL;
	if (*s == '[' && is_section(s, n))
		return read_systemd;
	if (*s == '{' && is_list_of_calls(s, n))
		return read_minijail;
	if (strchr("{[\"", *s))
		return read_json;
	if (starts(s, n, "---") || starts(s, n, "%YAML"))
		return read_yaml;
	if (*s == '@')
		return is_snap_line(s, n) ? read_snap : read_minijail;
	format = format_of_words(s, n);
	return format || !is_snap_line(s, n) ? format : read_snap;
}

/* Some names are both a firejail directive and a call in a snapd list. */
static bool is_ambiguous(const char *s, size_t n)
{
	return (starts(s, n, "seccomp") || starts(s, n, "nice")) &&
		is_snap_line(s, n);
}

static reader_fn format_of_lines(const char *text, size_t n)
{
	const char *line = text, *end = text + n;
	reader_fn format = NULL, before = NULL;

	while (!format && line < end) {
		const char *next = memchr(line, '\n', end - line) ?: end;

		line += skip_blanks(line, next - line);
		if (line < next && is_ambiguous(line, next - line))
			before = read_firejail;
		else if (line < next && *line != '\r')
			format = format_of_line(line, next - line);
		line = next + 1;
	}
	return before && format != read_snap ? before : format;
}

static reader_fn format_of(const char *text, size_t n)
{
	reader_fn format;

	if (is_kafel(text) && strlen(text) == n)
		return read_kafel;
	switch (kind_of(text, n).kind) {
	case KIND_STREAM:
	case KIND_LANDLOCK:
	case KIND_LOG:
	case KIND_OTHER:
		return refuse_kind;
	case KIND_SOURCE:
		return refuse_source;
	case KIND_BINARY:
		return refuse_binary;
	default:
		break;
	}
	if (is_lxc(text))
		return read_lxc;
	format = format_of_lines(text, n);
	return format ? format : refuse_other;
}

const char *profile_strerror(int err)
{
	return err == EISDIR ? "a directory: give a file; for a unit, its own, "
		"beside which its drop-ins are read, or what systemctl cat "
		"prints" : strerror(err);
}

/*
 * Reads the whole file and adds a NUL. On failure, sets the problem and returns
 * NULL.
 */
static char *read_all(FILE *file, size_t *n, struct reader *r)
{
	char *text = input_read(file, FILE_MAX, n);

	if (!text)
		refuse(r, "%s", profile_strerror(errno));
	else if (*n > FILE_MAX)
		refuse(r, "more than %d MiB", FILE_MAX >> 20);
	else if (!*n)
		refuse(r, "empty");
	else
		return text;
	free(text);
	return NULL;
}

void profile_prepare(struct input *in, struct host *host)
{
	size_t n;
	const char *text = input_keep(in, FILE_MAX, &n);

	if (!text)
		return;
	host->path = in->path;
	if (format_of(text, n) == read_systemd)
		systemd_prepare(host, text);
	/*
	 * SystemCallFilter= and SystemCallLog= include @default without naming
	 * it.
	 */
	if (!host->groups && systemd_names_calls(host, text))
		host->groups = systemd_groups_load();
	if (format_of(text, n) == read_minijail)
		minijail_prepare(host, text);
	else if (format_of(text, n) == read_firejail)
		firejail_prepare(host, text);
	else if (format_of(text, n) == read_kafel)
		kafel_prepare(host, text);
	else if (format_of(text, n) == read_snap)
		snap_prepare(host, text);
	else
		resource_prepare(host, text);
}

struct profile *profile_read(FILE *file, const struct host *host,
			     char **problem)
{
	struct host this_one;
	struct reader r = { .root = "", .host = host, .problem = problem };
	size_t n;
	char *text = read_all(file, &n, &r);
	bool ok;

	host_init(&this_one);
	if (!host)
		r.host = &this_one;
	ok = text && format_of(text, n)(&r, text, n);
	free(text);
	if (!ok) {
		profile_free(r.profile);
		return NULL;
	}
	for (struct profile *p = r.profile; p; p = p->next)
		profile_sort(p);
	r.profile->of_machine |= r.profile->form != PROFILE_CONTAINER;
	return r.profile;
}
