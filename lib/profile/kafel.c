/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Kafel policy, as in nsjail --seccomp_policy. It is for the native
 * architecture. Of the rules for a call, the first that applies counts.
 */
#include "profile/kafel.h"

#include <ctype.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/kafel-calls.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

enum { RULES_MAX = 1 << 14, POLICIES_MAX = 1024, CONSTANTS_MAX = 4096 };

/*
 * A rule, or the use of another policy. "ALLOW { read, write { fd == 1 } }"
 * makes two entries, "USE name" makes one.
 */
struct entry {
	/* index + 1 of the policy that is used; 0: a rule */
	size_t used;
	struct call_id id;
	char *name;		/* libseccomp's name; NULL: none */
	uint32_t action;
	struct kafel_condition condition;
};

struct policy {
	/* NULL: for statements outside of all policies */
	char *name;
	struct entry *entries;
	size_t n;
	/* already used: using it again changes nothing */
	bool is_used;
};

struct parser {
	struct kafel_words words;
	struct kafel_constants constants;
	struct policy *policies;
	size_t n_policies, n_rules;
	uint32_t default_action;
	bool has_default;
};

static void policy_free(struct policy *policy)
{
	for (size_t i = 0; i < policy->n; i++) {
		free(policy->entries[i].name);
		free(policy->entries[i].condition.groups);
	}
	free(policy->entries);
	free(policy->name);
}

static void parser_free(struct parser *p)
{
	for (size_t i = 0; i < p->n_policies; i++)
		policy_free(&p->policies[i]);
	for (size_t i = 0; i < p->constants.n; i++)
		free(p->constants.list[i].name);
	free(p->policies);
	free(p->constants.list);
}

/* Takes ownership of the entry's pointers. */
static void add_entry(struct policy *policy, const struct entry *entry)
{
	policy->entries = xgrow(policy->entries, policy->n, sizeof(*entry));
	policy->entries[policy->n++] = *entry;
}

/* Actions */

static const struct {
	const char *word;
	uint32_t action;
	bool has_value;
} actions[] = {
	{ "ALLOW", SECCOMP_RET_ALLOW, false },
	{ "LOG", SECCOMP_RET_LOG, false },
	{ "DENY", SECCOMP_RET_KILL_THREAD, false },
	{ "KILL", SECCOMP_RET_KILL_THREAD, false },
	{ "KILL_THREAD", SECCOMP_RET_KILL_THREAD, false },
	{ "KILL_PROCESS", SECCOMP_RET_KILL_PROCESS, false },
	{ "USER_NOTIF", SECCOMP_RET_USER_NOTIF, false },
	{ "ERRNO", SECCOMP_RET_ERRNO, true },
	{ "TRACE", SECCOMP_RET_TRACE, true },
	{ "TRAP", SECCOMP_RET_TRAP, true },
};

/* "(NUMBER)", with a number of 16 bits. */
static bool read_action_value(struct kafel_words *w, uint32_t *action)
{
	uint64_t value;

	if (!kafel_expect(w, "("))
		return false;
	if (w->kind == KAFEL_NUMBER && w->number > SECCOMP_RET_DATA)
		return kafel_refuse(w, "not a value from 0 to 65535");
	if (!kafel_take_number(w, &value) || !kafel_expect(w, ")"))
		return false;
	*action |= value;
	return true;
}

static bool is_action(const struct kafel_words *w)
{
	for (size_t i = 0; i < N_ELEMENTS(actions); i++)
		if (kafel_is(w, actions[i].word))
			return true;
	return false;
}

static bool read_action(struct kafel_words *w, uint32_t *action)
{
	for (size_t i = 0; i < N_ELEMENTS(actions); i++)
		if (kafel_take(w, actions[i].word)) {
			*action = actions[i].action;
			return !actions[i].has_value ||
			       read_action_value(w, action);
		}
	return kafel_refuse(w, "no action");
}

/* Calls */

static bool refuse_call(struct kafel_words *w, const char *name)
{
	const char *other = kafel_spelling(name);
	bool renamed = strcmp(other, name);

	return kafel_fail(w, "%s: Kafel has no such call on %s%s%s", name,
			  arch_native()->name,
			  renamed ? ", where it is called " : "",
			  renamed ? other : "");
}

/* "SYSCALL[number]". */
static bool read_numbered(struct kafel_words *w, struct call_id *id)
{
	uint64_t number;

	if (!kafel_expect(w, "[") || !kafel_take_number(w, &number) ||
	    !kafel_expect(w, "]"))
		return false;
	id->nr = (int32_t)number;
	return true;
}

/*
 * A name can be that of a constant, which stands for the call's number. If this
 * machine lacks the call, the rule can be for another machine.
 */
static bool read_call_name(struct parser *p, struct kafel_call *call,
			   struct call_id *id)
{
	struct kafel_words *w = &p->words;
	const struct kafel_constant *constant;
	char *name;

	id->arch = arch_native()->audit;
	if (kafel_take(w, "SYSCALL"))
		return read_numbered(w, id);
	name = kafel_take_name(w, "no call");
	if (!name)
		return false;
	constant = kafel_constant(&p->constants, name);
	if (constant) {
		id->nr = (int32_t)constant->value;
		free(name);
		return true;
	}
	call->elsewhere = !kafel_number(name, id);
	call->name = name;
	return true;
}

static bool has_argument(const struct kafel_call *call, const char *name)
{
	for (size_t i = 0; i < call->n; i++)
		if (!strcmp(call->arguments[i], name))
			return true;
	return false;
}

/* The names of arguments: "(fd, buf, count)". */
static bool read_arguments(struct kafel_words *w, struct kafel_call *call)
{
	if (!kafel_take(w, "("))
		return true;
	call->declared = true;
	if (kafel_take(w, ")"))
		return !w->failed;
	do {
		char *name;

		if (call->n == N_ELEMENTS(call->arguments))
			return kafel_refuse(w, "more than 6 arguments");
		name = kafel_take_name(w, "expected the name of an argument");
		if (!name)
			return false;
		if (has_argument(call, name)) {
			kafel_fail(w, "%s: two arguments have this name", name);
			free(name);
			return false;
		}
		call->arguments[call->n++] = name;
	} while (kafel_take(w, ","));
	return kafel_expect(w, ")");
}

static bool read_arch(struct kafel_words *w, bool *here)
{
	static const struct {
		const char *kafel, *name;
	} archs[] = {
		{ "x86_64", "x86_64" }, { "x86", "x86" }, { "arm", "arm" },
		{ "aarch64", "aarch64" }, { "mips", "mips" },
		{ "mips64", "mips64" }, { "riscv64", "riscv64" },
		{ "m68k", "m68k" },
	};

	for (size_t i = 0; i < N_ELEMENTS(archs); i++)
		if (kafel_take(w, archs[i].kafel)) {
			*here |= !strcmp(archs[i].name, arch_native()->name);
			return !w->failed;
		}
	return kafel_refuse(w, "not an architecture of Kafel");
}

/*
 * "ON x86_64" or "ON { x86_64, arm }": sets `here` if the rule is for this
 * machine.
 */
static bool read_guard(struct kafel_words *w, bool *here)
{
	*here = true;
	if (!kafel_take(w, "ON"))
		return true;
	*here = false;
	if (!kafel_take(w, "{"))
		return read_arch(w, here);
	do {
		if (!read_arch(w, here))
			return false;
	} while (kafel_take(w, ","));
	return kafel_expect(w, "}");
}

static void call_free(struct kafel_call *call)
{
	for (size_t i = 0; i < call->n; i++)
		free(call->arguments[i]);
	free(call->name);
}

static bool read_braces(struct parser *p, const struct kafel_call *call,
			struct kafel_condition *out)
{
	struct kafel_words *w = &p->words;

	if (kafel_take(w, "{") && !kafel_take(w, "}"))
		return kafel_read_condition(w, &p->constants, call, out);
	out->groups = xcalloc(1, sizeof(*out->groups));
	out->n = 1;
	return !w->failed;
}

/* For the limit, a rule that never applies and a USE count as one rule. */
static bool count_rules(struct parser *p, size_t n)
{
	p->n_rules += n ? n : 1;
	return p->n_rules <= RULES_MAX ||
	       kafel_fail(&p->words, "more than %d rules", RULES_MAX);
}

/*
 * To Kafel, x32 is a part of x86-64, so it compares 64 bits there. Our filters
 * compare 32 bits for x32, so such conditions are refused.
 */
static bool check_entry(struct parser *p, const struct entry *entry)
{
	const struct arch *arch = arch_of_call(entry->id);

	if (!count_rules(p, entry->condition.n))
		return false;
	for (size_t i = 0; i < entry->condition.n; i++)
		if (entry->condition.groups[i].n && arch != arch_native())
			return kafel_fail(&p->words, "%d: a call of x32 with a "
					  "condition, which is not read",
					  entry->id.nr);
	return true;
}

static char *library_name(struct call_id id)
{
	char buf[SYSCALL_NAME_MAX];
	const char *name = id.nr < 0 ? NULL : syscall_name(id, buf);

	return name ? xstrdup(name) : NULL;
}

/* A rule: "write(fd, b) ON x86_64 { fd == 1 }". */
static bool read_rule(struct parser *p, struct policy *policy, uint32_t action)
{
	struct kafel_words *w = &p->words;
	struct entry entry = { .action = action };
	struct kafel_call call = { NULL };
	bool here = true, after = true, unknown;
	bool ok = read_call_name(p, &call, &entry.id) &&
		  read_arguments(w, &call) && read_guard(w, &here);

	unknown = call.elsewhere;
	call.elsewhere |= !here;
	ok = ok && read_braces(p, &call, &entry.condition) &&
	     check_entry(p, &entry) && read_guard(w, &after) &&
	     (!unknown || !here || !after || refuse_call(w, call.name));
	if (ok && here && after) {
		entry.name = library_name(entry.id);
		add_entry(policy, &entry);
	} else {
		free(entry.condition.groups);
	}
	call_free(&call);
	return ok;
}

/* A list of rules: "ALLOW { read, write }". */
static bool read_block(struct parser *p, struct policy *policy)
{
	uint32_t action;

	if (!read_action(&p->words, &action) || !kafel_expect(&p->words, "{"))
		return false;
	if (kafel_take(&p->words, "}"))
		return !p->words.failed;
	do {
		if (!read_rule(p, policy, action))
			return false;
	} while (kafel_take(&p->words, ","));
	return kafel_expect(&p->words, "}");
}

/* Policies */

/* Returns the index of the policy + 1, or 0 if there is none of that name. */
static size_t find_policy(const struct parser *p, const char *name)
{
	for (size_t i = 1; i < p->n_policies; i++)
		if (!strcmp(p->policies[i].name, name))
			return i + 1;
	return 0;
}

static bool read_use(struct parser *p, struct policy *policy)
{
	char *name = kafel_take_name(&p->words,
				     "expected the name of a policy");
	struct entry entry = { .used = name ? find_policy(p, name) : 0 };

	if (name && !entry.used)
		kafel_fail(&p->words, "USE %s: no policy of that name comes "
			   "before", name);
	free(name);
	if (!entry.used || !count_rules(p, 1))
		return false;
	add_entry(policy, &entry);
	return true;
}

/* Statements: "USE a, ALLOW { read }". */
static bool read_statements(struct parser *p, struct policy *policy)
{
	do {
		if (kafel_take(&p->words, "USE") ? !read_use(p, policy) :
						   !read_block(p, policy))
			return false;
	} while (kafel_take(&p->words, ","));
	return !p->words.failed;
}

/* Adds the policy when it is complete, so that it cannot use itself. */
static bool read_policy(struct parser *p)
{
	struct policy policy = {
		.name = kafel_take_name(&p->words,
					"expected the name of a policy"),
	};
	bool twice = policy.name && find_policy(p, policy.name);
	bool ok = policy.name &&
		  (!twice || kafel_fail(&p->words, "POLICY %s: twice",
					policy.name)) &&
		  kafel_expect(&p->words, "{") &&
		  (kafel_take(&p->words, "}") ||
		   (read_statements(p, &policy) &&
		    kafel_expect(&p->words, "}")));

	if (ok && p->n_policies == POLICIES_MAX)
		ok = kafel_fail(&p->words, "more than %d policies",
				POLICIES_MAX);
	if (!ok) {
		policy_free(&policy);
		return false;
	}
	p->policies = xgrow(p->policies, p->n_policies, sizeof(policy));
	p->policies[p->n_policies++] = policy;
	return true;
}

static void add_constant(struct kafel_constants *constants,
			 const struct kafel_constant *constant)
{
	size_t at = constants->n;

	constants->list = xgrow(constants->list, constants->n,
				sizeof(*constant));
	while (at && strcmp(constants->list[at - 1].name, constant->name) > 0)
		at--;
	memmove(&constants->list[at + 1], &constants->list[at],
		(constants->n++ - at) * sizeof(*constant));
	constants->list[at] = *constant;
}

/* A definition: "#define NAME NUMBER". */
static bool read_constant(struct parser *p)
{
	struct kafel_words *w = &p->words;
	const struct kafel_constant *known;
	struct kafel_constant constant;
	bool ok = true;

	if (!kafel_expect(w, "define"))
		return false;
	constant.name = kafel_take_name(w, "expected the name of a constant");
	if (!constant.name)
		return false;
	known = kafel_constant(&p->constants, constant.name);
	if (!kafel_take_number(w, &constant.value))
		ok = false;
	else if (known && known->value != constant.value)
		ok = kafel_fail(w,
			  "#define %s: defined twice, with different values",
				constant.name);
	else if (p->constants.n == CONSTANTS_MAX)
		ok = kafel_fail(w, "more than %d constants", CONSTANTS_MAX);
	if (!ok || known) {
		free(constant.name);
		return ok;
	}
	add_constant(&p->constants, &constant);
	return true;
}

static bool read_default(struct parser *p)
{
	if (p->has_default)
		return kafel_refuse(&p->words, "a second DEFAULT");
	p->has_default = true;
	return read_action(&p->words, &p->default_action);
}

static bool read_program(struct parser *p)
{
	struct kafel_words *w = &p->words;

	if (w->kind == KAFEL_END)
		return kafel_refuse(w, "no policy");
	while (w->kind != KAFEL_END) {
		bool ok;

		if (kafel_take(w, "#"))
			ok = read_constant(p);
		else if (kafel_take(w, "POLICY"))
			ok = read_policy(p);
		else if (kafel_take(w, "DEFAULT"))
			ok = read_default(p);
		else if (kafel_is(w, "USE") || is_action(w))
			ok = read_statements(p, &p->policies[0]);
		else
			ok = kafel_refuse(w,
				    "expected a policy, a rule or DEFAULT");
		if (!ok)
			return false;
	}
	return !w->failed;
}

/* The profile */

/*
 * Calls that already have a rule without conditions: later rules have no
 * effect.
 */
struct finished {
	struct call_id *ids;
	size_t n;
};

static bool is_finished(const struct finished *f, struct call_id id)
{
	for (size_t i = 0; i < f->n; i++)
		if (!call_id_compare(&f->ids[i], &id))
			return true;
	return false;
}

static void add_rules(struct profile *profile, const struct entry *entry,
		      struct finished *finished)
{
	struct profile_rule rule = {
		.id = entry->id, .name = entry->name, .action = entry->action,
	};

	for (size_t i = 0; i < entry->condition.n; i++) {
		const struct kafel_group *group = &entry->condition.groups[i];

		if (is_finished(finished, entry->id))
			return;
		memcpy(rule.args, group->args, sizeof(rule.args));
		rule.n_args = group->n;
		profile_add_rule(profile, &rule);
		if (group->n)
			continue;
		finished->ids = xgrow(finished->ids, finished->n,
				      sizeof(*finished->ids));
		finished->ids[finished->n++] = entry->id;
	}
}

static void add_policy(struct parser *p, size_t index, struct profile *profile,
		       struct finished *finished)
{
	struct policy *policy = &p->policies[index];

	if (policy->is_used)
		return;
	policy->is_used = true;
	for (size_t i = 0; i < policy->n; i++)
		if (policy->entries[i].used)
			add_policy(p, policy->entries[i].used - 1, profile,
				   finished);
		else
			add_rules(profile, &policy->entries[i], finished);
}

/* Kafel's filters only compare the audit architecture: x32 is included. */
static void add_archs(struct profile *p)
{
	const struct arch *x32 = arch_by_name("x32");
	bool differs = p->default_action != p->other_arch_action;

	profile_add_arch(p, arch_native());
	if (!x32 || x32->audit != arch_native()->audit)
		return;
	for (size_t i = 0; i < p->n_rules; i++)
		differs |= arch_of_call(p->rules[i].id) == x32;
	if (differs)
		profile_add_arch(p, x32);
}

static void add_profile(struct parser *p, struct profile *profile)
{
	struct finished finished = { NULL, 0 };

	profile->default_action = p->default_action;
	add_policy(p, 0, profile, &finished);
	add_archs(profile);
	free(finished.ids);
}

bool read_kafel(struct reader *r, char *text, size_t n)
{
	struct parser p = {
		.words.reader = r, .default_action = SECCOMP_RET_KILL_THREAD,
	};
	bool ok;

	(void)n;
	r->profile = profile_new(SECCOMP_RET_KILL_THREAD);
	r->profile->form = PROFILE_KAFEL;
	r->profile->ordered = true;
	p.policies = xgrow(NULL, 0, sizeof(*p.policies));
	p.policies[p.n_policies++] = (struct policy){ NULL };
	kafel_words_begin(&p.words, text);
	ok = !p.words.failed && read_program(&p);
	if (ok) {
		r->file = NULL;
		r->line = 0;
		add_profile(&p, r->profile);
	}
	parser_free(&p);
	return ok;
}

void kafel_prepare(struct host *host, const char *text)
{
	char *problem = NULL;
	struct reader r = { .root = "", .host = host, .problem = &problem };
	struct kafel_words w = { .reader = &r, .loading = host };

	kafel_words_begin(&w, text);
	while (w.kind != KAFEL_END)
		kafel_step(&w);
	free(problem);
}

/* Recognizing a policy by its beginning */

/* Skips comments, white space, "#define NAME NUMBER" and "#include …". */
static const char *skip_preface(const char *s)
{
	for (;;) {
		const char *end;

		s += strspn(s, " \t\r\n");
		if (!strncmp(s, "//", 2)) {
			s += strcspn(s, "\n");
		} else if (!strncmp(s, "#include \"", 10)) {
			s += strcspn(s, "\n;");
			s += *s == ';';
		} else if (!strncmp(s, "#define", 7)) {
			for (int words = 0; words < 3; words++) {
				s += strcspn(s, " \t\r\n");
				s += strspn(s, " \t");
			}
		} else if (!strncmp(s, "/*", 2)) {
			end = strstr(s + 2, "*/");
			s = end ? end + 2 : s + strlen(s);
		} else {
			return s;
		}
	}
}

/* Whether the text begins with the word, followed by a word, "{" or "(". */
static bool starts(const char *s, const char *word, const char *signs)
{
	size_t n = strlen(word), blanks;

	if (strncmp(s, word, n))
		return false;
	blanks = strspn(s + n, " \t\r\n");
	if (s[n + blanks] == '/' ||	/* a comment */
	    (s[n + blanks] && strchr(signs, s[n + blanks])))
		return true;
	return blanks && strchr(signs, 'a') && isalpha((unsigned char)s[n + blanks]);
}

bool is_kafel(const char *text)
{
	const char *s = skip_preface(text);

	for (size_t i = 0; i < N_ELEMENTS(actions); i++)
		if (starts(s, actions[i].word,
			   actions[i].has_value ? "(" : "{"))
			return true;
	return starts(s, "POLICY", "a") || starts(s, "USE", "a") ||
	       starts(s, "DEFAULT", "a");
}
