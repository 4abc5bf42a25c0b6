/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of snapd: a file in /var/lib/snapd/seccomp/bpf whose name ends in
 * .src. snap-seccomp compiles it for snap-confine: cmd/snap-seccomp/main.go of
 * snapd 2.68. Each line allows a call, or denies it if the line begins with
 * "~".
 */
#include "profile/private.h"

#include <ctype.h>
#include <errno.h>
#include <linux/dqblk_xfs.h>
#include <linux/ptrace.h>
#include <linux/quota.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernel/constant.h"
#include "profile/included.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

enum {
	ARGS_MAX = 6,
	/* one more, to notice that there are too many */
	WORDS_MAX = 1 + ARGS_MAX + 1,
	/* in bytes: MaxScanTokenSize of Go's bufio */
	LINE_MAX = 64 << 10,
};

struct list {
	struct reader *reader;
	/* reader->profile->next; NULL: no line has begun with "~" */
	struct profile *denied;
};

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static size_t split(char *line, char *words[WORDS_MAX])
{
	char *rest = NULL, *word = strtok_r(line, " \t\v\f\r", &rest);
	size_t n = 0;

	for (; word && n < WORDS_MAX; word = strtok_r(NULL, " \t\v\f\r", &rest))
		words[n++] = word;
	return n;
}

static bool is_digits(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/*
 * Constants that constant.h lacks. snapd defines PTRACE_GETREGS and similar
 * ones itself on architectures without them.
 */
static bool own_constant(const char *name, uint64_t *value)
{
	static const struct {
		const char *name;
		uint64_t value;
	} constants[] = {
		{ "AF_CONN", 123 }, { "PF_CONN", 123 },
		{ "Q_SYNC", Q_SYNC }, { "Q_QUOTAON", Q_QUOTAON },
		{ "Q_QUOTAOFF", Q_QUOTAOFF }, { "Q_GETFMT", Q_GETFMT },
		{ "Q_GETINFO", Q_GETINFO }, { "Q_SETINFO", Q_SETINFO },
		{ "Q_GETQUOTA", Q_GETQUOTA }, { "Q_SETQUOTA", Q_SETQUOTA },
		{ "Q_XQUOTAON", Q_XQUOTAON }, { "Q_XQUOTAOFF", Q_XQUOTAOFF },
		{ "Q_XGETQUOTA", Q_XGETQUOTA }, { "Q_XSETQLIM", Q_XSETQLIM },
		{ "Q_XGETQSTAT", Q_XGETQSTAT }, { "Q_XQUOTARM", Q_XQUOTARM },
		{ "PTRACE_PEEKDATA", PTRACE_PEEKDATA },
		{ "PTRACE_PEEKUSR", PTRACE_PEEKUSR },
		{ "PTRACE_PEEKUSER", PTRACE_PEEKUSR },
		{ "PTRACE_CONT", PTRACE_CONT },
		{ "PTRACE_ATTACH", PTRACE_ATTACH },
		{ "PTRACE_DETACH", PTRACE_DETACH },
		{ "PTRACE_GETREGS", 12 }, { "PTRACE_SETREGS", 13 },
		{ "PTRACE_GETFPREGS", 14 }, { "PTRACE_SETFPREGS", 15 },
		{ "PTRACE_GETFPXREGS", 18 }, { "PTRACE_SETFPXREGS", 19 },
	};

	for (size_t i = 0; i < N_ELEMENTS(constants); i++)
		if (!strcmp(constants[i].name, name)) {
			*value = constants[i].value;
			return true;
		}
	return false;
}

/* snapd knows some constants of these kinds, and knows more in each release. */
static bool read_constant(const char *name, uint64_t *value)
{
	static const char *const kinds[] = {
		"AF_", "PF_", "SOCK_", "PR_", "PRIO_", "CLONE_NEW", "TIOC",
		"S_IF", "NETLINK_", "PTRACE_",
	};

	for (size_t i = 0; i < N_ELEMENTS(kinds); i++)
		if (starts(name, kinds[i]) && constant_by_name(name, value))
			return true;
	return own_constant(name, value);
}

/*
 * Calls with arguments that can be negative: only 32 bits of them are compared.
 */
static bool is_signed(const char *call)
{
	static const char *const calls[] = {
		"chown", "chown32", "copy_file_range", "fchown", "fchown32",
		"fchownat", "lchown", "lchown32", "setgid", "setgid32",
		"setregid", "setregid32", "setresgid", "setresgid32",
		"setresuid", "setresuid32", "setreuid", "setreuid32", "setuid",
		"setuid32",
	};

	for (size_t i = 0; i < N_ELEMENTS(calls); i++)
		if (!strcmp(calls[i], call))
			return true;
	return false;
}

static bool read_number(const char *call, const char *text, uint64_t *value)
{
	bool sign = *text == '-' || *text == '+';
	long long number;

	if (read_constant(text, value))
		return true;
	if (!is_digits(text + sign) || (sign && !is_signed(call)))
		return false;
	errno = 0;
	number = strtoll(text, NULL, 10);
	*value = (uint32_t)number;
	return !errno && number >= INT32_MIN &&
	       number <= (sign ? INT32_MAX : UINT32_MAX);
}

static bool is_user_name(const char *name)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	static const char others[] = "abcdefghijklmnopqrstuvwxyz0123456789-+._";

	return *name && strchr(first, *name) && !name[strspn(name, others)];
}

/*
 * Returns the path of the file with the names of users or groups, below --root;
 * the caller frees it.
 */
static char *names_path(const struct host *host, bool group)
{
	return xasprintf("%s/etc/%s", host->root ? host->root : "",
			 group ? "group" : "passwd");
}

/* Finds a line "NAME:x:NUMBER:…", which both files have. */
static bool find_id(const char *text, const char *name, uint64_t *value)
{
	size_t n = strlen(name);

	for (; text; text = strchr(text, '\n')) {
		const char *id;
		char *end;

		text += *text == '\n';
		if (strncmp(text, name, n) || text[n] != ':')
			continue;
		id = text + n + 1 + strcspn(text + n + 1, ":\n");
		if (*id != ':' || !isdigit((unsigned char)id[1]))
			return false;
		errno = 0;
		*value = strtoull(id + 1, &end, 10);
		return !errno && *value <= UINT32_MAX && *end == ':';
	}
	return false;
}

/* Notes that the answer depends on the machine, except for root. */
static void note_id(struct profile *p, const char *word, uint64_t id,
		    const char *path)
{
	char *text;

	if (!id && !strcmp(word + strlen("u:"), "root"))
		return;
	text = xasprintf("%s is %llu in %s", word, (unsigned long long)id, path);
	for (size_t i = 0; i < p->n_notes; i++)
		if (!strcmp(p->notes[i], text)) {
			free(text);
			return;
		}
	profile_note(p, "%s", text);
	free(text);
}

/* Reads "u:USER" or "g:GROUP". */
static bool read_id(struct reader *r, const char *word, uint64_t *value)
{
	char *path = names_path(r->host, *word == 'g');
	const struct included_file *file =
		included_find(r->host->included, path);
	const char *name = word + strlen("u:");
	bool ok = false;

	if (!is_user_name(name))
		refuse(r, "%s: not a name of a user or group", word);
	else if (!file || !file->text)
		refuse(r, "%s: %s: %s", word, path,
		       file ? strerror(-file->err) : "not loaded");
	else if (!find_id(file->text, name, value))
		refuse(r, "%s: not in %s; --root=DIR uses the file of another "
			  "machine", word, path);
	else
		ok = true;
	if (ok)
		note_id(r->profile, word, *value, path);
	free(path);
	return ok;
}

static const struct sign {
	const char *text;
	int op;
	bool names_id;
/* longer signs come before those with which they begin */
} signs[] = {
	{ ">=", SCMP_CMP_GE, false },
	{ "<=", SCMP_CMP_LE, false },
	{ ">", SCMP_CMP_GT, false },
	{ "<", SCMP_CMP_LT, false },
	{ "!", SCMP_CMP_NE, false },
	{ "|", SCMP_CMP_MASKED_EQ, false },
	{ "u:", SCMP_CMP_EQ, true },
	{ "g:", SCMP_CMP_EQ, true },
	{ "", SCMP_CMP_EQ, false },
};

static const struct sign *sign_of(const char *word)
{
	const struct sign *sign = signs;

	while (!starts(word, sign->text))
		sign++;
	return sign;
}

static bool read_argument(struct reader *r, const char *call, const char *word,
			  struct profile_arg *arg)
{
	const struct sign *sign = sign_of(word);
	uint64_t value;

	if (sign->names_id) {
		if (!read_id(r, word, &value))
			return false;
	} else if (!read_number(call, word + strlen(sign->text), &value)) {
		return refuse(r, "%s: not an argument for snapd", word);
	}
	if (is_signed(call) && sign->op != SCMP_CMP_EQ)
		return refuse(r, "%s: snapd compares arguments of %s only with "
			      "one value", word, call);
	arg->op = is_signed(call) ? SCMP_CMP_MASKED_EQ : sign->op;
	arg->value = is_signed(call) ? UINT32_MAX : value;
	arg->value_two = arg->op == SCMP_CMP_MASKED_EQ ? value : 0;
	return true;
}

static void add_archs(struct profile *p)
{
	static const struct {
		uint32_t native, other;
	} pairs[] = {
		{ SCMP_ARCH_X86_64, SCMP_ARCH_X86 },
		{ SCMP_ARCH_AARCH64, SCMP_ARCH_ARM },
		{ SCMP_ARCH_PPC64, SCMP_ARCH_PPC },
	};
	const struct arch *arch;

	profile_add_arch(p, arch_native());
	for (size_t i = 0; (arch = arch_at(i)); i++)
		for (size_t j = 0; j < N_ELEMENTS(pairs); j++)
			if (pairs[j].native == arch_native()->scmp &&
			    pairs[j].other == arch->scmp)
				profile_add_arch(p, arch);
}

static struct profile *new_profile(uint32_t default_action)
{
	struct profile *p = profile_new(default_action);

	p->form = PROFILE_SNAP;
	add_archs(p);
	return p;
}

/* Denied calls go into a second filter, which is also in force. */
static struct profile *profile_for(struct list *l, uint32_t action)
{
	if (action_allows(action))
		return l->reader->profile;
	if (!l->denied)
		l->denied = new_profile(SECCOMP_RET_ALLOW);
	l->reader->profile->next = l->denied;
	return l->denied;
}

static bool add_rule(struct list *l, const char *name,
		     const struct profile_rule *rule)
{
	struct reader to = *l->reader;
	bool known = false;

	to.profile = profile_for(l, rule->action);
	for (size_t i = 0; i < to.profile->n_archs; i++) {
		bool here;

		if (!reader_add_rule(&to, to.profile->archs[i], name, rule,
				     &here))
			return false;
		known = known || here;
	}
	return known || reader_add_unknown(l->reader, name);
}

/* snap-seccomp ignores lines with names that libseccomp does not know. */
static bool read_call(struct list *l, char *const words[], size_t n)
{
	bool denied = *words[0] == '~';
	const char *name = words[0] + denied;
	struct profile_rule rule = {
		.action = denied ? SECCOMP_RET_ERRNO | EACCES :
				   SECCOMP_RET_ALLOW,
	};

	if (*words[0] == '#' || !strcmp(words[0], "@complain"))
		return true;
	if (seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR)
		return reader_add_unknown(l->reader, words[0]);
	for (size_t i = 1; i < n; i++) {
		struct profile_arg *arg = &rule.args[rule.n_args];

		if (!strcmp(words[i], "-"))
			continue;
		arg->index = i - 1;
		if (!read_argument(l->reader, name, words[i], arg))
			return false;
		rule.n_args++;
	}
	return add_rule(l, name, &rule);
}

static bool is_ascii(const char *line)
{
	while (isascii((unsigned char)*line) && *line)
		line++;
	return !*line;
}

static bool read_line(struct list *l, char *line)
{
	char *words[WORDS_MAX];
	size_t n = strlen(line);

	if (n >= LINE_MAX)
		return refuse(l->reader, "more than %d KiB, at which "
			      "snap-seccomp stops", LINE_MAX >> 10);
	if (n && line[n - 1] == '\r')
		line[n - 1] = '\0';
	if (!*line || *line == '#')
		return true;
	if (!is_ascii(line))
		return refuse(l->reader, "bytes that are not ASCII");
	n = split(line, words);
	if (!n)
		return refuse(l->reader, "only blanks, at which snap-seccomp "
			      "fails; remove the line");
	if (n == WORDS_MAX)
		return refuse(l->reader, "%s: more than %d arguments", words[0],
			      ARGS_MAX);
	return read_call(l, words, n);
}

/* Whether a line consists of this word and blanks. */
static bool line_is(const char *line, size_t n, const char *word)
{
	while (n && isspace((unsigned char)*line))
		line++, n--;
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	return n == strlen(word) && !memcmp(line, word, n);
}

static bool has_line(const char *text, const char *word)
{
	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (line_is(text, strcspn(text, "\n"), word))
			return true;
	}
	return false;
}

static bool read_unrestricted(struct reader *r)
{
	r->profile = new_profile(SECCOMP_RET_ALLOW);
	r->profile->other_arch_action = SECCOMP_RET_ALLOW;
	profile_note(r->profile, "@unrestricted: snap-confine loads no filter");
	return true;
}

bool read_snap(struct reader *r, char *text, size_t n)
{
	struct list l = { .reader = r };
	bool ok = true;
	char *line;

	(void)n;
	if (has_line(text, "@unrestricted"))
		return read_unrestricted(r);
	r->profile = new_profile(has_line(text, "@complain") ?
				 SECCOMP_RET_LOG : SECCOMP_RET_ERRNO | EPERM);
	while (ok && (line = strsep(&text, "\n"))) {
		r->line++;
		ok = read_line(&l, line);
	}
	r->line = ok ? 0 : r->line;
	return ok;
}

static bool looks_like_argument(const char *word)
{
	const struct sign *sign = sign_of(word);
	const char *value = word + strlen(sign->text);

	if (sign->names_id)
		return is_user_name(value);
	if (!strcmp(word, "-"))
		return true;
	return is_digits(value + (*value == '-' || *value == '+')) ||
	       (isupper((unsigned char)*value) &&
		!value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")]);
}

bool is_snap_line(const char *s, size_t n)
{
	char line[256], *words[WORDS_MAX];
	struct call_id id;
	size_t n_words;

	if (line_is(s, n, "@unrestricted") || line_is(s, n, "@complain"))
		return true;
	if (n >= sizeof(line))
		return false;
	memcpy(line, s, n);
	line[n] = '\0';
	n_words = split(line, words);
	if (!n_words || syscall_number(arch_native(),
				       words[0] + (*words[0] == '~'),
				       &id) == -EINVAL)
		return false;
	for (size_t i = 1; i < n_words; i++)
		if (!looks_like_argument(words[i]))
			return false;
	return true;
}

void snap_prepare(struct host *host, const char *text)
{
	for (int group = 0; group < 2; group++) {
		char *path = names_path(host, group);

		if (strstr(text, group ? "g:" : "u:"))
			included_load(&host->included, path);
		free(path);
	}
}
