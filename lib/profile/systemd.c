/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A systemd unit or drop-in: systemd.exec(5), SYSTEM CALL FILTERING. Where that
 * page leaves something open, systemd 252 decides (src/core/load-fragment.c,
 * src/core/execute.c and src/shared/seccomp-util.c). A unit makes several
 * filters. They are read as one profile, which gives the strictest of their
 * answers, as the kernel does.
 */
#include "profile/private.h"

#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <uthash.h>

#include "base/memory.h"
#include "base/text.h"
#include "kernel/argument.h"
#include "profile/included.h"
#include "profile/systemd-files.h"
#include "profile/systemd-groups.h"
#include "profile/systemd-keys.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

enum {
	ENTRIES_MAX = 1 << 12,
	WORDS_MAX = 1 << 14,
	GROUP_DEPTH_MAX = 8,
	FAMILIES = AF_MAX,
};

/*
 * Marks an entry without an answer of its own. No action of a unit has this
 * value.
 */
#define NO_ANSWER SECCOMP_RET_TRACE

struct entry {
	char *name;
	uint32_t answer;	/* NO_ANSWER: use the list's answer */
	bool implied;		/* systemd adds the call to every such list */
	UT_hash_handle hh;
};

/* SystemCallFilter= or SystemCallLog=, as read so far. */
struct list {
	bool assigned, allow;
	struct entry *entries;
};

struct unit {
	struct reader *reader;
	/* systemd's groups, loaded when a list first names one */
	struct systemd_groups *groups;
	struct list filter, log;
	uint32_t denial;		/* SystemCallErrorNumber= */
	const struct arch *archs[8];
	size_t n_archs;
	bool families_assigned, families_allow;
	bool families[FAMILIES];
	/* directives that make filters, but are not read */
	char *others;
	char section[32];	/* the current section */
	bool in_exec, seen, groups_named;
	/*
	 * the built-in group @default is used, because systemd could not be
	 * asked
	 */
	bool default_known;
	/* It is a container of podman. The texts of [Container] are freed. */
	bool is_container;
	char *seccomp_profile;	/* SeccompProfile=; NULL: not set */
	bool args_decide;	/* PodmanArgs= changes the filter */
	size_t words;
};

static void list_clear(struct list *list)
{
	struct entry *entry, *next;

	HASH_ITER(hh, list->entries, entry, next) {
		HASH_DEL(list->entries, entry);
		free(entry->name);
		free(entry);
	}
	*list = (struct list){ .assigned = false };
}

static void list_remove(struct list *list, const char *name)
{
	struct entry *entry;

	HASH_FIND_STR(list->entries, name, entry);
	if (!entry)
		return;
	HASH_DEL(list->entries, entry);
	free(entry->name);
	free(entry);
}

/*
 * A word of an assignment, perhaps with an answer of its own. `inverted`: a "~"
 * is in front of the list.
 */
struct word {
	const char *name;
	bool inverted;
	uint32_t answer;
	bool implied;
};

static void list_put(struct list *list, const struct word *word)
{
	struct entry *entry;

	HASH_FIND_STR(list->entries, word->name, entry);
	if (!entry) {
		entry = xcalloc(1, sizeof(*entry));
		entry->name = xstrdup(word->name);
		entry->implied = word->implied;
		HASH_ADD_KEYPTR(hh, list->entries, entry->name,
				strlen(entry->name), entry);
	}
	entry->answer = word->answer;
}

/* Adds a call to a list, or removes it. */
static bool take_call(struct unit *u, struct list *list,
		      const struct word *word)
{
	if (word->inverted != list->allow || word->answer != NO_ANSWER)
		list_put(list, word);
	else
		list_remove(list, word->name);
	return HASH_COUNT(list->entries) <= ENTRIES_MAX ||
	       refuse(u->reader, "more than %d system calls", ENTRIES_MAX);
}

static bool take_name(struct unit *u, struct list *list,
		      const struct word *word, unsigned int depth);

/*
 * Without systemd-analyze, uses the built-in group that every allow-list has.
 */
static bool take_default(struct unit *u, struct list *list,
			 const struct word *word, unsigned int depth)
{
	struct word member = *word;

	u->default_known = true;
	for (const char *const *name = systemd_default_calls; *name; name++) {
		member.name = *name;
		if (!take_name(u, list, &member, depth + 1))
			return false;
	}
	return true;
}

/* Returns NULL if systemd cannot be asked. */
static const struct systemd_groups *groups_of(struct unit *u)
{
	if (u->reader->host->groups)
		return u->reader->host->groups;
	if (!u->groups)
		u->groups = systemd_groups_load();
	return u->groups;
}

static bool take_group(struct unit *u, struct list *list,
		       const struct word *word, unsigned int depth)
{
	const struct systemd_group *group;
	struct word member = *word;

	const struct systemd_groups *groups = groups_of(u);

	if (!groups && !strcmp(word->name, "@default"))
		return take_default(u, list, word, depth);
	if (!groups)
		return refuse(u->reader, "%s: cannot run systemd-analyze, "
			      "which lists the calls of a group", word->name);
	group = systemd_group_find(groups, word->name);
	if (!group)
		return reader_add_unknown(u->reader, word->name);
	for (size_t i = 0; i < group->n && depth < GROUP_DEPTH_MAX; i++) {
		member.name = group->members[i];
		if (!take_name(u, list, &member, depth + 1))
			return false;
	}
	return true;
}

static bool take_name(struct unit *u, struct list *list,
		      const struct word *word, unsigned int depth)
{
	struct call_id id;

	if (*word->name == '@')
		return take_group(u, list, word, depth);
	if (syscall_number(arch_native(), word->name, &id) != -EINVAL)
		return take_call(u, list, word);
	/* Do not note names in systemd's own groups. */
	return depth || reader_add_unknown(u->reader, word->name);
}

/* Reads "name:EPERM" and "name:kill", in lists of denied calls. */
static bool read_answer(struct unit *u, char *text, struct word *word)
{
	char *own = strchr(text, ':');
	uint32_t value;

	word->answer = NO_ANSWER;
	if (!own)
		return true;
	*own++ = '\0';
	if (!word->inverted)
		return refuse(u->reader, "%s:%s: a call that is allowed has "
			      "no errno", text, own);
	if (!strcmp(own, "kill"))
		word->answer = SECCOMP_RET_KILL_PROCESS;
	else if (errno_by_name(own, &value))
		word->answer = SECCOMP_RET_ERRNO | value;
	else
		return refuse(u->reader, "%s:%s: not an errno", text, own);
	return true;
}

static bool take_word(struct unit *u, struct list *list, bool inverted,
		      char *text)
{
	struct word word = { .name = text, .inverted = inverted };

	if (++u->words > WORDS_MAX)
		return refuse(u->reader, "more than %d words", WORDS_MAX);
	if (!read_answer(u, text, &word))
		return false;
	if (list == &u->log && word.answer != NO_ANSWER)
		return refuse(u->reader, "%s: a logged call has no errno",
			      text);
	if (*text == '@')
		u->groups_named = true;
	if (*text == '~')
		return refuse(u->reader, "%s: a ~ works only before the "
			      "whole list; systemd ignores this word", text);
	return *text ? take_name(u, list, &word, 0) :
		refuse(u->reader, "an errno without a call");
}

/* The first assignment decides whether the list allows or denies. */
static bool begin_list(struct unit *u, struct list *list, bool inverted)
{
	const struct word implied = { "@default", false, NO_ANSWER, true };

	if (list->assigned)
		return true;
	list->assigned = true;
	list->allow = !inverted;
	return inverted || list == &u->log ||
	       take_name(u, list, &implied, 0);
}

static bool read_list(struct unit *u, struct list *list, char *value)
{
	bool inverted = *value == '~';
	char *text;

	if (!*value) {
		list_clear(list);
		return true;
	}
	value += inverted;
	if (!begin_list(u, list, inverted))
		return false;
	while ((text = strsep(&value, " \t")))
		if (*text && !take_word(u, list, inverted, text))
			return false;
	return true;
}

static bool read_filter(struct unit *u, char *value)
{
	return read_list(u, &u->filter, value);
}

static bool read_log(struct unit *u, char *value)
{
	return read_list(u, &u->log, value);
}

static bool read_errno(struct unit *u, char *value)
{
	uint32_t error;

	u->denial = SECCOMP_RET_KILL_PROCESS;
	if (!*value || !strcmp(value, "kill"))
		return true;
	if (!errno_by_name(value, &error) || !error)
		return refuse(u->reader, "%s: not an errno", value);
	u->denial = SECCOMP_RET_ERRNO | error;
	return true;
}

static const struct arch *arch_by_systemd(const char *name)
{
	const struct arch *arch;

	for (size_t i = 0; (arch = arch_at(i)); i++)
		if (!strcmp(arch->systemd, name))
			return arch;
	return NULL;
}

static bool read_archs(struct unit *u, char *value)
{
	char *text;

	if (!*value)
		u->n_archs = 0;
	while ((text = strsep(&value, " \t"))) {
		const struct arch *arch = strcmp(text, "native") ?
			arch_by_systemd(text) : arch_native();

		if (!*text)
			continue;
		if (!arch)
			return refuse(u->reader, "%s: unknown architecture",
				      text);
		if (u->n_archs == N_ELEMENTS(u->archs))
			return refuse(u->reader, "more than %zu architectures",
				      N_ELEMENTS(u->archs));
		u->archs[u->n_archs++] = arch;
	}
	return true;
}

static bool find_family(const char *name, size_t *family)
{
	for (*family = 1; *family < FAMILIES; ++*family) {
		const char *known = family_name(*family);

		if (known && !strcmp(known, name))
			return true;
	}
	*family = AF_UNIX;
	return !strcmp(name, "AF_LOCAL");
}

static bool read_families(struct unit *u, char *value)
{
	bool none = !strcmp(value, "none"), inverted = *value == '~';
	size_t family;
	char *text;

	if (!*value || none) {
		memset(u->families, 0, sizeof(u->families));
		u->families_assigned = u->families_allow = none;
		return true;
	}
	value += inverted;
	if (!u->families_assigned)
		u->families_allow = !inverted;
	u->families_assigned = true;
	while ((text = strsep(&value, " \t"))) {
		if (!*text)
			continue;
		if (!find_family(text, &family))
			return refuse(u->reader, "%s: unknown address family",
				      text);
		u->families[family] = inverted != u->families_allow;
	}
	return true;
}

static bool is_off(const char *value)
{
	static const char *const words[] = {
		"", "0", "no", "n", "false", "f", "off",
	};

	for (size_t i = 0; i < N_ELEMENTS(words); i++)
		if (!strcasecmp(words[i], value))
			return true;
	return false;
}

static void name_other(struct unit *u, const char *key)
{
	char *longer;

	if (u->others && strstr(u->others, key))
		return;
	longer = xasprintf("%s%s%s=", u->others ? u->others : "",
			   u->others ? ", " : "", key);
	free(u->others);
	u->others = longer;
}

static bool refuse_misspelt(struct unit *u, const char *key)
{
	const char *near = systemd_key_near(key);

	return !near || refuse(u->reader,
			       "%s= is not a directive: did you mean "
			       "%s=?", key, near);
}

static bool assign(struct unit *u, const char *key, char *value)
{
	enum systemd_key is = systemd_key_of(key);

	u->seen = u->seen || (is != KEY_NONE && is != KEY_OTHER);
	switch (is) {
	case KEY_FILTER:
		return read_filter(u, value);
	case KEY_LOG:
		return read_log(u, value);
	case KEY_ERRNO:
		return read_errno(u, value);
	case KEY_ARCHS:
		return read_archs(u, value);
	case KEY_FAMILIES:
		return read_families(u, value);
	case KEY_OTHER:
		if (!is_off(value))
			name_other(u, key);
		return true;
	default:
		return refuse_misspelt(u, key);
	}
}

/*
 * Refuses a directive in a section where systemd ignores it, because the user
 * expects a filter.
 */
static bool assign_in_vain(struct unit *u, const char *key)
{
	if (systemd_key_of(key) == KEY_NONE)
		return true;
	if (!*u->section)
		return refuse(u->reader, "%s= before the first section", key);
	return refuse(u->reader, "%s= has no effect in [%s]: it belongs in "
		      "[Service]", key, u->section);
}

static bool read_section(struct unit *u, char *line)
{
	size_t n = strlen(line);
	const char *near;

	if (line[n - 1] != ']')
		return refuse(u->reader, "%s: no section, since it has no ]",
			      line);
	line[n - 1] = '\0';
	snprintf(u->section, sizeof(u->section), "%s", line + 1);
	u->in_exec = systemd_is_exec_section(u->section);
	near = u->in_exec ? NULL : systemd_section_near(u->section);
	return !near || refuse(u->reader, "[%s] is not a section: did you mean "
			       "[%s]?", u->section, near);
}

/* The last assignment counts: podman-systemd.unit(5). */
static void assign_container(struct unit *u, const char *key, const char *value)
{
	u->is_container = true;
	u->args_decide |= !strcmp(key, "PodmanArgs") &&
			  (strstr(value, "seccomp") ||
			   strstr(value, "--privileged"));
	if (strcmp(key, "SeccompProfile"))
		return;
	free(u->seccomp_profile);
	u->seccomp_profile = xstrdup(value);
}

static bool read_line(struct unit *u, char *line)
{
	char *value;

	line = text_strip(line);
	if (!*line)
		return true;
	if (*line == '[')
		return read_section(u, line);
	value = strchr(line, '=');
	if (!value)
		return true;
	*value++ = '\0';
	if (!strcmp(u->section, "Container")) {
		assign_container(u, text_strip(line), text_strip(value));
		return true;
	}
	return u->in_exec ? assign(u, text_strip(line), text_strip(value)) :
		assign_in_vain(u, text_strip(line));
}

/* Whether the line continues on the next one. Removes the backslash. */
static bool is_continued(char *line)
{
	size_t n = strlen(line), slashes = 0;

	while (slashes < n && line[n - 1 - slashes] == '\\')
		slashes++;
	if (slashes % 2)
		line[n - 1] = ' ';
	return slashes % 2;
}

static bool is_comment(const char *line)
{
	line += strspn(line, " \t\r");
	return *line == '#' || *line == ';';
}

static bool read_lines(struct unit *u, char *text)
{
	char *line, *whole = NULL;
	bool ok = true;

	while (ok && (line = strsep(&text, "\n"))) {
		bool more;

		u->reader->line++;
		if (is_comment(line) && text)
			continue;
		more = is_continued(line);
		ok = reader_join(u->reader, &whole, line);
		if (!ok || (more && text))
			continue;
		ok = read_line(u, whole);
		free(whole);
		whole = NULL;
	}
	free(whole);
	return ok;
}

/* Combines the filters. */

/*
 * Returns the answer that the kernel would choose: of equally strict ones, the
 * first.
 */
static uint32_t stricter(uint32_t a, uint32_t b)
{
	int32_t x = a & SECCOMP_RET_ACTION_FULL;
	int32_t y = b & SECCOMP_RET_ACTION_FULL;

	return y < x ? b : a;
}

/*
 * Returns a list's answer for a call. If `name` is NULL, it is the answer for
 * all calls that the list does not name.
 */
static uint32_t list_answer(const struct list *list, const char *name,
			    uint32_t denial)
{
	struct entry *entry = NULL;

	if (!list->assigned || (!list->allow && !list->entries))
		return SECCOMP_RET_ALLOW;
	if (name)
		HASH_FIND_STR(list->entries, name, entry);
	if (entry && entry->answer != NO_ANSWER)
		return entry->answer;
	return !entry == !list->allow ? SECCOMP_RET_ALLOW : denial;
}

static uint32_t log_answer(const struct list *list, const char *name)
{
	struct entry *entry = NULL;

	if (!list->assigned || (!list->allow && !list->entries))
		return SECCOMP_RET_ALLOW;
	if (name)
		HASH_FIND_STR(list->entries, name, entry);
	return !entry == !list->allow ? SECCOMP_RET_LOG : SECCOMP_RET_ALLOW;
}

static uint32_t answer(const struct unit *u, const char *name)
{
	return stricter(list_answer(&u->filter, name, u->denial),
			log_answer(&u->log, name));
}

/*
 * Whether the architecture has socket(2) as a call of its own:
 * seccomp_restrict_address_families().
 */
static bool has_socket(const struct arch *arch)
{
	switch (arch->scmp) {
	case SCMP_ARCH_X86_64:
	case SCMP_ARCH_X32:
	case SCMP_ARCH_ARM:
	case SCMP_ARCH_AARCH64:
	case SCMP_ARCH_RISCV64:
		return true;
	default:
		return false;
	}
}

/*
 * Returns the answer to socket(2) for a supported, or an unsupported, family.
 */
static uint32_t family_answer(const struct unit *u, bool supported)
{
	uint32_t whole = answer(u, "socket");

	return supported ? whole :
		stricter(whole, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

/*
 * Adds rules for the families from the first to the last that are listed, and
 * for those outside of that range.
 */
static bool add_families_of(struct unit *u, const struct arch *arch,
			    size_t first, size_t last)
{
	struct profile_rule rule = {
		.action = family_answer(u, !u->families_allow), .n_args = 1,
		.args = { { 0, SCMP_CMP_LT, first, 0 } },
	};
	bool known;

	if (!reader_add_rule(u->reader, arch, "socket", &rule, &known))
		return false;
	rule.args[0] = (struct profile_arg){ 0, SCMP_CMP_GT, last, 0 };
	if (!reader_add_rule(u->reader, arch, "socket", &rule, &known))
		return false;
	for (size_t i = first; i <= last; i++) {
		rule.args[0] = (struct profile_arg){ 0, SCMP_CMP_EQ, i, 0 };
		rule.action = family_answer(u, u->families[i] ==
					       u->families_allow);
		if (!reader_add_rule(u->reader, arch, "socket", &rule, &known))
			return false;
	}
	return true;
}

/*
 * Makes the same rules as systemd's seccomp_restrict_address_families(). With
 * libseccomp 2.5.4, other rules with the same meaning can make a different
 * filter.
 */
static bool add_families(struct unit *u, const struct arch *arch)
{
	struct profile_rule rule = { .action = family_answer(u, false) };
	size_t first = 0, last = FAMILIES - 1;
	bool known;

	while (first < FAMILIES && !u->families[first])
		first++;
	while (last && !u->families[last])
		last--;
	if (first > last || family_answer(u, true) == rule.action)
		return reader_add_rule(u->reader, arch, "socket", &rule,
				       &known);
	return add_families_of(u, arch, first, last);
}

static bool restricts_families(const struct unit *u)
{
	for (size_t i = 0; i < FAMILIES; i++)
		if (u->families[i])
			return true;
	return u->families_allow;
}

static bool is_by_family(const struct unit *u, const char *name)
{
	return restricts_families(u) && !strcmp(name, "socket");
}

static bool add_call(struct unit *u, const char *name, uint32_t origin)
{
	struct profile *p = u->reader->profile;
	struct profile_rule rule = { .action = answer(u, name),
				     .origin = origin };
	bool known, by_family = is_by_family(u, name);

	for (size_t i = 0; i < p->n_archs; i++) {
		bool ok = by_family && has_socket(p->archs[i]) ?
			add_families(u, p->archs[i]) :
			reader_add_rule(u->reader, p->archs[i], name, &rule,
					&known);

		if (!ok)
			return false;
	}
	return true;
}

/*
 * Adds the calls that a list names, except for those that the other list names.
 */
static bool add_list(struct unit *u, const struct list *list,
		     const struct list *but)
{
	struct entry *entry, *next, *other = NULL;

	HASH_ITER(hh, list->entries, entry, next) {
		if (but)
			HASH_FIND_STR(but->entries, entry->name, other);
		if (!other && !is_by_family(u, entry->name) &&
		    !add_call(u, entry->name,
			      entry->implied ? PROFILE_IMPLIED : 0))
			return false;
	}
	return true;
}

/* Whether this machine runs programs of `arch`, and the unit permits them. */
static bool is_let_in(const struct unit *u, const struct arch *arch)
{
	if (!arch_is_local(arch, arch_native()))
		return false;
	for (size_t i = 0; i < u->n_archs; i++)
		if (u->archs[i] == arch)
			return true;
	return !u->n_archs;
}

static void add_archs(struct unit *u)
{
	struct profile *p = u->reader->profile;
	const struct arch *arch;

	profile_add_arch(p, arch_native());
	for (size_t i = 0; (arch = arch_at(i)); i++)
		if (is_let_in(u, arch))
			profile_add_arch(p, arch);
	p->other_arch_action = u->n_archs ? SECCOMP_RET_KILL_THREAD :
					    SECCOMP_RET_ALLOW;
}

static void add_notes(const struct unit *u)
{
	struct profile *p = u->reader->profile;

	if (u->default_known)
		profile_note(p, "no systemd-analyze: @default as systemd 252 "
			     "has it");
	else if (u->groups_named)
		profile_note(p, "the groups (@NAME) are those of this machine's "
			     "systemd");
	if (u->others)
		profile_note(p, "not judged: %s", u->others);
	if (!p->n_rules && action_allows(p->default_action) && !u->n_archs)
		profile_note(p, "no filter, every call is allowed");
}

static bool finish(struct unit *u)
{
	struct reader *r = u->reader;

	r->line = 0;
	if (!u->seen)
		return refuse(r, "no directive that makes a filter in "
			      "[Service], [Socket], [Mount] or [Swap]");
	r->profile->default_action = answer(u, NULL);
	r->profile->form = PROFILE_UNIT;
	add_archs(u);
	if (!add_list(u, &u->filter, NULL) ||
	    !add_list(u, &u->log, &u->filter) ||
	    (restricts_families(u) && !add_call(u, "socket", 0)))
		return false;
	add_notes(u);
	return true;
}

static bool read_drop_in(void *state, const char *path, char *text)
{
	struct unit *u = state;

	(void)path;
	*u->section = '\0';
	u->in_exec = false;
	return read_lines(u, text);
}

/*
 * Reads the drop-ins after the unit, as systemd does. It does not look in other
 * directories.
 */
static bool read_drop_ins(struct unit *u)
{
	struct reader *r = u->reader;
	const struct included_file *file;

	for (size_t i = 0; (file = systemd_drop_in(r->host, i)); i++) {
		if (i == DROP_INS_MAX) {
			r->line = 0;
			return refuse(r, "more than %d drop-ins", DROP_INS_MAX);
		}
		profile_note(r->profile, "with its drop-in %s", file->path);
		if (!file->text) {
			r->line = 0;
			return refuse(r, "%s: %s", file->path,
				      strerror(-file->err));
		}
		if (!reader_include(r, file, read_drop_in, u))
			return false;
	}
	return true;
}

/*
 * Reads the profile of a container, to replace that of the unit, which is still
 * empty.
 */
static bool read_profile(struct unit *u, const struct included_file *file)
{
	struct reader *r = u->reader;
	char *copy = xmemdup(file->text, file->n + 1);
	bool ok;

	profile_free(r->profile);
	r->profile = NULL;
	ok = strlen(copy) != file->n ? refuse(r, "binary data") :
	     read_json(r, copy, file->n);
	if (!ok) {
		char *problem = xasprintf("%s: %s", file->path, *r->problem);

		free(*r->problem);
		*r->problem = text_printable(problem);
		free(problem);
	} else {
		profile_note(r->profile, "the profile of the container, %s",
			     file->path);
	}
	free(copy);
	return ok;
}

/*
 * podman's generator of units passes the profile as "--security-opt
 * seccomp=VALUE".
 */
static bool finish_container(struct unit *u)
{
	const char *value = u->seccomp_profile;
	struct reader *r = u->reader;
	const struct included_file *file;
	char *path;
	bool ok;

	r->line = 0;
	if (u->seen)
		return refuse(r, "a container of podman's with a filter in "
			      "[Service], which is for podman itself: judge "
			      "each alone");
	if (u->args_decide)
		return refuse(r, "a container of podman's whose PodmanArgs= "
			      "change the filter: give the profile itself");
	if (!value || !*value)
		return refuse(r, "a container of podman's without "
			      "SeccompProfile=: podman's default profile is in "
			      "force, /usr/share/containers/seccomp.json");
	if (!strcmp(value, "unconfined")) {
		profile_add_arch(r->profile, arch_native());
		r->profile->other_arch_action = SECCOMP_RET_ALLOW;
		profile_note(r->profile, "no filter, every call is allowed");
		return true;
	}
	if (*value != '/')
		return refuse(r, "SeccompProfile=%s: podman looks for it in the "
			      "directory that the service runs in: give the "
			      "profile itself", value);
	path = systemd_profile_path(r->host, value);
	file = included_find(r->host->included, path);
	ok = file && file->text ? read_profile(u, file) :
	     refuse(r, "SeccompProfile=%s: %s: %s", value, path,
		    file ? strerror(-file->err) : "not read");
	free(path);
	return ok;
}

bool read_systemd(struct reader *r, char *text, size_t n)
{
	struct unit u = { .reader = r, .denial = SECCOMP_RET_KILL_PROCESS };
	bool ok;

	(void)n;
	r->profile = profile_new(SECCOMP_RET_ALLOW);
	ok = read_lines(&u, text) && read_drop_ins(&u) &&
	     (u.is_container ? finish_container(&u) : finish(&u));
	list_clear(&u.filter);
	list_clear(&u.log);
	systemd_groups_free(u.groups);
	free(u.others);
	free(u.seccomp_profile);
	return ok;
}
