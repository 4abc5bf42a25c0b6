/* SPDX-License-Identifier: Apache-2.0 */
#include "profile.h"

#include <errno.h>
#include <jansson.h>
#include <seccomp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "stream.h"
#include "message.h"
#include "text.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* No profile in use comes near these. */
enum {
	FILE_MAX = 16 << 20,	/* bytes */
	RULES_MAX = 1 << 14,
	UNKNOWN_MAX = 1 << 10,
	ERRNO_MAX = 4095,	/* MAX_ERRNO, linux/err.h */
};

bool action_allows(uint32_t action)
{
	action &= SECCOMP_RET_ACTION_FULL;
	return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}

static const char *errno_name(uint32_t data, char buf[ACTION_NAME_MAX])
{
	const char *name = data ? strerrorname_np(data) : NULL;

	if (name)
		snprintf(buf, ACTION_NAME_MAX, "%s", name);
	else
		snprintf(buf, ACTION_NAME_MAX, "errno %u", data);
	return buf;
}

const char *action_name(uint32_t action, char buf[ACTION_NAME_MAX])
{
	static const struct {
		uint32_t action;
		const char *name;
	} names[] = {
		{ SECCOMP_RET_ALLOW, "allow" },
		{ SECCOMP_RET_LOG, "log" },
		{ SECCOMP_RET_TRACE, "trace" },
		{ SECCOMP_RET_USER_NOTIF, "notify" },
		{ SECCOMP_RET_TRAP, "trap" },
		{ SECCOMP_RET_KILL_THREAD, "kill thread" },
	};
	uint32_t kind = action & SECCOMP_RET_ACTION_FULL;

	if (kind == SECCOMP_RET_ERRNO)
		return errno_name(action & SECCOMP_RET_DATA, buf);
	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		if (names[i].action == kind)
			return names[i].name;
	return "kill process";	/* what the kernel does with any other */
}

struct profile *profile_new(uint32_t default_action)
{
	struct profile *p = xcalloc(1, sizeof(*p));

	p->default_action = default_action;
	p->other_arch_action = SECCOMP_RET_KILL_THREAD;
	return p;
}

void profile_free(struct profile *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_rules; i++)
		free(p->rules[i].name);
	for (size_t i = 0; i < p->n_unknown; i++)
		free(p->unknown[i]);
	free(p->rules);
	free(p->unknown);
	free(p->archs);
	free(p);
}

static bool has_arch(const struct profile *p, const struct arch *arch)
{
	for (size_t i = 0; i < p->n_archs; i++)
		if (p->archs[i] == arch)
			return true;
	return false;
}

void profile_add_arch(struct profile *p, const struct arch *arch)
{
	if (has_arch(p, arch))
		return;
	p->archs = xgrow(p->archs, p->n_archs, sizeof(*p->archs));
	p->archs[p->n_archs++] = arch;
}

void profile_add_rule(struct profile *p, const struct profile_rule *rule)
{
	struct profile_rule *r;

	p->rules = xgrow(p->rules, p->n_rules, sizeof(*p->rules));
	r = &p->rules[p->n_rules++];
	*r = *rule;
	r->name = rule->name ? xstrdup(rule->name) : NULL;
}

static void add_unknown(struct profile *p, const char *name)
{
	p->unknown = xgrow(p->unknown, p->n_unknown, sizeof(*p->unknown));
	p->unknown[p->n_unknown++] = xstrdup(name);
}

/* Pointers into one array: its order decides between rules of one call. */
static int compare_rules(const void *a, const void *b)
{
	const struct profile_rule *const *x = a, *const *y = b;
	int order = call_id_compare(&(*x)->id, &(*y)->id);

	return order ? order : (*x > *y) - (*x < *y);
}

void profile_sort(struct profile *p)
{
	const struct profile_rule **order = xcalloc(p->n_rules + 1,
						    sizeof(*order));
	struct profile_rule *sorted = NULL;

	for (size_t i = 0; i < p->n_rules; i++)
		order[i] = &p->rules[i];
	qsort(order, p->n_rules, sizeof(*order), compare_rules);
	for (size_t i = 0; i < p->n_rules; i++) {
		sorted = xgrow(sorted, i, sizeof(*sorted));
		sorted[i] = *order[i];
	}
	free(order);
	free(p->rules);
	p->rules = sorted;
}

/* Reading an OCI object. */

struct reader {
	struct profile *profile;
	const char *root;	/* the object: "linux.seccomp." */
	char **problem;
};

/* Always false, so that callers can return it. */
__attribute__((format(printf, 2, 3)))
static bool fail(struct reader *r, const char *fmt, ...)
{
	char *text, *raw;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	raw = xasprintf("%s%s", r->root, text ? text : "out of memory");
	free(text);
	*r->problem = text_printable(raw);	/* may quote the file */
	free(raw);
	return false;
}

/* A member, NULL when it is absent or null. */
static json_t *member(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	return json_is_null(value) ? NULL : value;
}

static bool is_empty(const json_t *value)
{
	return !value || (json_is_object(value) && !json_object_size(value)) ||
	       (json_is_array(value) && !json_array_size(value));
}

/* Members that would change the meaning, but that runtimes do not know. */
static bool refuse_engine_forms(struct reader *r, const json_t *object,
				const char *place)
{
	static const char *const keys[] = {
		"defaultErrno", "includes", "excludes", "errno",
		"name",
	};

	for (size_t i = 0; i < N_ELEMENTS(keys); i++)
		if (!is_empty(member(object, keys[i])))
			return fail(r, "%s%s: a container engine's own form; "
				    "use the linux.seccomp object of the "
				    "config.json that the engine writes",
				    place, keys[i]);
	return true;
}

struct oci_action {
	const char *name;
	uint32_t action;
	bool has_errno;
};

static const struct oci_action *find_action(const char *name)
{
	static const struct oci_action table[] = {
		{ "SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW, false },
		{ "SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO, true },
		{ "SCMP_ACT_LOG", SECCOMP_RET_LOG, false },
		{ "SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD, false },
		{ "SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD, false },
		{ "SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS, false },
		{ "SCMP_ACT_TRAP", SECCOMP_RET_TRAP, false },
		{ "SCMP_ACT_TRACE", SECCOMP_RET_TRACE, true },
		{ "SCMP_ACT_NOTIFY", SECCOMP_RET_USER_NOTIF, false },
	};

	for (size_t i = 0; i < N_ELEMENTS(table); i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

/*
 * An action with its errno, which is EPERM where it is not given (OCI
 * runtime-spec, config-linux.md, Seccomp). `place` ends in a dot or is empty.
 */
static bool read_action(struct reader *r, const json_t *object,
			const char *place, const char *key,
			const char *errno_key, uint32_t *action)
{
	const json_t *name = member(object, key);
	const json_t *data = member(object, errno_key);
	const struct oci_action *found;
	json_int_t value = EPERM;

	if (!json_is_string(name))
		return fail(r, "%s%s: %s", place, key,
			    name ? "not a string" : "missing");
	found = find_action(json_string_value(name));
	if (!found)
		return fail(r, "%s%s: unknown action %s", place, key,
			    json_string_value(name));
	if (data && !found->has_errno)
		return fail(r, "%s%s: %s has no errno", place, errno_key,
			    found->name);
	if (data)
		value = json_is_integer(data) ? json_integer_value(data) : -1;
	if (value < 0 || value > ERRNO_MAX)
		return fail(r, "%s%s: not a number from 0 to %d", place,
			    errno_key, ERRNO_MAX);
	*action = found->action | (found->has_errno ? (uint32_t)value : 0);
	return true;
}

/* What the rules of one entry of `syscalls` share. */
struct entry {
	char place[48];		/* "syscalls[2]." */
	uint32_t action;
	struct profile_arg *args;
	size_t n_args;
	bool alternatives;	/* one argument is enough */
};

static bool read_op(const char *name, int *op)
{
	static const char *const ops[] = {
		[SCMP_CMP_NE] = "SCMP_CMP_NE",
		[SCMP_CMP_LT] = "SCMP_CMP_LT",
		[SCMP_CMP_LE] = "SCMP_CMP_LE",
		[SCMP_CMP_EQ] = "SCMP_CMP_EQ",
		[SCMP_CMP_GE] = "SCMP_CMP_GE",
		[SCMP_CMP_GT] = "SCMP_CMP_GT",
		[SCMP_CMP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
	};

	for (size_t i = SCMP_CMP_NE; i < N_ELEMENTS(ops); i++)
		if (!strcmp(ops[i], name)) {
			*op = i;
			return true;
		}
	return false;
}

static bool read_uint(const json_t *object, const char *key, bool required,
		      uint64_t max, uint64_t *value)
{
	const json_t *number = member(object, key);

	*value = 0;
	if (!number)
		return !required;
	if (!json_is_integer(number) || json_integer_value(number) < 0)
		return false;
	*value = json_integer_value(number);
	return *value <= max;
}

static bool read_arg(struct reader *r, struct entry *e, size_t i,
		     const json_t *object)
{
	struct profile_arg *arg;
	const char *op = json_string_value(member(object, "op"));
	uint64_t index;

	e->args = xgrow(e->args, e->n_args, sizeof(*e->args));
	arg = &e->args[e->n_args++];
	if (!json_is_object(object))
		return fail(r, "%sargs[%zu]: not an object", e->place, i);
	if (!read_uint(object, "index", true, 5, &index))
		return fail(r, "%sargs[%zu].index: not a number from 0 to 5",
			    e->place, i);
	if (!read_uint(object, "value", true, INT64_MAX, &arg->value))
		return fail(r, "%sargs[%zu].value: not a number from 0 up",
			    e->place, i);
	if (!read_uint(object, "valueTwo", false, INT64_MAX, &arg->value_two))
		return fail(r, "%sargs[%zu].valueTwo: not a number from 0 up",
			    e->place, i);
	if (!op || !read_op(op, &arg->op))
		return fail(r, "%sargs[%zu].op: unknown comparison %s",
			    e->place, i, op ? op : "");
	arg->index = index;
	return true;
}

/*
 * Where one argument has several conditions, runc and crun take each
 * condition of the entry as a rule of its own, so that one is enough.
 */
static bool has_alternatives(const struct entry *e)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < e->n_args; i++) {
		if (seen & 1U << e->args[i].index)
			return true;
		seen |= 1U << e->args[i].index;
	}
	return false;
}

static bool read_args(struct reader *r, struct entry *e, const json_t *args)
{
	size_t i;
	json_t *arg;

	if (args && !json_is_array(args))
		return fail(r, "%sargs: not an array", e->place);
	json_array_foreach(args, i, arg)
		if (!read_arg(r, e, i, arg))
			return false;
	e->alternatives = has_alternatives(e);
	return true;
}

static void add_rules(struct profile *p, const struct entry *e,
		      const char *name, struct call_id id)
{
	struct profile_rule rule = {
		.id = id, .name = (char *)name, .action = e->action,
	};

	if (!e->alternatives) {
		rule.n_args = e->n_args;
		for (size_t i = 0; i < e->n_args; i++)
			rule.args[i] = e->args[i];
		profile_add_rule(p, &rule);
		return;
	}
	rule.n_args = 1;
	for (size_t i = 0; i < e->n_args; i++) {
		rule.args[0] = e->args[i];
		profile_add_rule(p, &rule);
	}
}

/*
 * A name without a direct call on the architecture, which libseccomp can
 * still filter as an argument of socketcall(2) or ipc(2).
 */
static bool multiplexed(const struct arch *arch, const char *name,
			struct call_id *id)
{
	int nr = seccomp_syscall_resolve_name_arch(arch->scmp, name);

	*id = (struct call_id){ arch->audit, nr };
	return nr <= __PNR_socket && nr >= __PNR_shmctl;
}

static bool add_name(struct reader *r, const struct entry *e, const char *name)
{
	struct profile *p = r->profile;
	bool known = false;
	struct call_id id;

	for (size_t i = 0; i < p->n_archs; i++) {
		bool has_number = !syscall_number(p->archs[i], name, &id);

		if (has_number || multiplexed(p->archs[i], name, &id))
			add_rules(p, e, name, id);
		known = known || has_number;
	}
	if (!known)
		add_unknown(p, name);
	if (p->n_rules > RULES_MAX)
		return fail(r, "%snames: more than %d rules", e->place,
			    RULES_MAX);
	if (p->n_unknown > UNKNOWN_MAX)
		return fail(r, "%snames: more than %d unknown names", e->place,
			    UNKNOWN_MAX);
	return true;
}

static bool read_names(struct reader *r, const struct entry *e,
		       const json_t *names)
{
	size_t i;
	json_t *name;

	if (!json_is_array(names) || !json_array_size(names))
		return fail(r, "%snames: not an array of names", e->place);
	json_array_foreach(names, i, name) {
		if (!json_is_string(name))
			return fail(r, "%snames[%zu]: not a string", e->place,
				    i);
		if (!add_name(r, e, json_string_value(name)))
			return false;
	}
	return true;
}

static bool read_syscall(struct reader *r, size_t i, const json_t *object)
{
	struct entry e = { .n_args = 0 };
	bool ok;

	if (!json_is_object(object))
		return fail(r, "syscalls[%zu]: not an object", i);
	snprintf(e.place, sizeof(e.place), "syscalls[%zu].", i);
	ok = refuse_engine_forms(r, object, e.place) &&
	     read_action(r, object, e.place, "action", "errnoRet",
			 &e.action) &&
	     read_args(r, &e, member(object, "args")) &&
	     read_names(r, &e, member(object, "names"));
	free(e.args);
	return ok;
}

static bool read_syscalls(struct reader *r, const json_t *syscalls)
{
	size_t i;
	json_t *entry;

	if (syscalls && !json_is_array(syscalls))
		return fail(r, "syscalls: not an array");
	json_array_foreach(syscalls, i, entry)
		if (!read_syscall(r, i, entry))
			return false;
	return true;
}

/* Put this machine's architecture first, where runtimes filter it anyway. */
static void put_native_first(struct profile *p)
{
	const struct arch *native = arch_native();
	bool wanted = !p->n_archs;
	size_t i = 0;

	for (size_t j = 0; j < p->n_archs; j++)
		wanted = wanted || arch_is_local(p->archs[j], native);
	if (!wanted)
		return;
	p->native_implied = !has_arch(p, native);
	profile_add_arch(p, native);
	while (p->archs[i] != native)
		i++;
	memmove(p->archs + 1, p->archs, i * sizeof(*p->archs));
	p->archs[0] = native;
}

/* An architecture's name at `place`; NULL with a problem. */
static const struct arch *read_arch(struct reader *r, const json_t *name,
				    const char *place)
{
	const char *text = json_string_value(name);
	const struct arch *arch = text ? arch_by_oci(text) : NULL;

	if (!arch)
		fail(r, "%s: unknown architecture %s", place,
		     text ? text : "");
	return arch;
}

static bool read_arch_list(struct reader *r, const json_t *archs,
			   const char *place)
{
	size_t i;
	json_t *name;

	if (archs && !json_is_array(archs))
		return fail(r, "%s: not an array", place);
	json_array_foreach(archs, i, name) {
		char at[64];
		const struct arch *arch;

		snprintf(at, sizeof(at), "%s[%zu]", place, i);
		arch = read_arch(r, name, at);
		if (!arch)
			return false;
		profile_add_arch(r->profile, arch);
	}
	return true;
}

/*
 * The container engines' form: of the entries, that of this machine's
 * architecture counts.
 */
static bool read_arch_map(struct reader *r, const json_t *map)
{
	size_t i;
	json_t *entry;

	if (map && !json_is_array(map))
		return fail(r, "archMap: not an array");
	json_array_foreach(map, i, entry) {
		char at[64];
		const struct arch *arch;

		snprintf(at, sizeof(at), "archMap[%zu].architecture", i);
		arch = read_arch(r, member(entry, "architecture"), at);
		if (!arch)
			return false;
		if (arch != arch_native())
			continue;
		profile_add_arch(r->profile, arch);
		snprintf(at, sizeof(at), "archMap[%zu].subArchitectures", i);
		if (!read_arch_list(r, member(entry, "subArchitectures"), at))
			return false;
	}
	return true;
}

static bool read_archs(struct reader *r, const json_t *seccomp)
{
	const json_t *archs = member(seccomp, "architectures");
	const json_t *map = member(seccomp, "archMap");

	if (!is_empty(archs) && !is_empty(map))
		return fail(r, "architectures and archMap: one of the two");
	if (!read_arch_list(r, archs, "architectures") ||
	    !read_arch_map(r, map))
		return false;
	put_native_first(r->profile);
	return true;
}

/* Flags change how a filter is loaded, not what it answers. */
static bool read_flags(struct reader *r, const json_t *flags)
{
	static const char *const known[] = {
		"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG",
		"SECCOMP_FILTER_FLAG_SPEC_ALLOW",
		"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
	};
	size_t i, k;
	json_t *flag;

	if (flags && !json_is_array(flags))
		return fail(r, "flags: not an array");
	json_array_foreach(flags, i, flag) {
		const char *text = json_string_value(flag);

		for (k = 0; text && k < N_ELEMENTS(known); k++)
			if (!strcmp(text, known[k]))
				break;
		if (!text || k == N_ELEMENTS(known))
			return fail(r, "flags[%zu]: unknown flag %s", i,
				    text ? text : "");
	}
	return true;
}

static bool read_seccomp(struct reader *r, const json_t *seccomp)
{
	uint32_t action;

	if (!refuse_engine_forms(r, seccomp, "") ||
	    !read_action(r, seccomp, "", "defaultAction", "defaultErrnoRet",
			 &action))
		return false;
	r->profile = profile_new(action);
	return read_archs(r, seccomp) &&
	       read_flags(r, member(seccomp, "flags")) &&
	       read_syscalls(r, member(seccomp, "syscalls"));
}

static bool read_root(struct reader *r, const json_t *root)
{
	const json_t *config = member(root, "linux");
	const json_t *seccomp = member(config, "seccomp");

	if (!json_is_object(root))
		return fail(r, "not an object");
	if (!config)
		return read_seccomp(r, root);
	if (!json_is_object(seccomp))
		return fail(r, "linux.seccomp: %s",
			    seccomp ? "not an object" : "missing");
	r->root = "linux.seccomp.";
	return read_seccomp(r, seccomp);
}

/* All of a file; NULL with `problem` set. */
static char *read_all(FILE *file, size_t *n, struct reader *r)
{
	char *text = xrealloc(NULL, FILE_MAX + 1, 1);

	*n = fread(text, 1, FILE_MAX + 1, file);
	if (ferror(file))
		fail(r, "%s", strerror(errno));
	else if (*n > FILE_MAX)
		fail(r, "more than %d MiB", FILE_MAX >> 20);
	else
		return text;
	free(text);
	return NULL;
}

static json_t *parse(FILE *file, struct reader *r)
{
	json_error_t error;
	json_t *root;
	size_t n;
	char *text = read_all(file, &n, r);

	if (!text)
		return NULL;
	if (!n || (unsigned char)*text == STREAM_FIRST_BYTE) {
		fail(r, n ? "a sandprint stream, not a profile" : "empty");
		free(text);
		return NULL;
	}
	root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		fail(r, "line %d: %s", error.line, error.text);
	free(text);
	return root;
}

struct profile *profile_read(FILE *file, char **problem)
{
	struct reader r = { .root = "", .problem = problem };
	json_t *root = parse(file, &r);
	bool ok = root && read_root(&r, root);

	json_decref(root);
	if (!ok) {
		profile_free(r.profile);
		return NULL;
	}
	profile_sort(r.profile);
	return r.profile;
}

struct profile *profile_load(const char *path)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	struct profile *p;
	char *problem = NULL;

	if (!file) {
		message_error("%s: %s", path, strerror(errno));
		return NULL;
	}
	p = profile_read(file, &problem);
	if (!p)
		message_error("%s: %s", is_stdin ? "<stdin>" : path, problem);
	free(problem);
	if (!is_stdin)
		fclose(file);
	return p;
}

/* What a profile allows. */

struct call_set {
	struct call_id *ids;
	size_t n;
};

static void set_add(struct call_set *set, struct call_id id)
{
	set->ids = xgrow(set->ids, set->n, sizeof(*set->ids));
	set->ids[set->n++] = id;
}

static int compare_ids(const void *a, const void *b)
{
	return call_id_compare(a, b);
}

static void set_sort(struct call_set *set)
{
	size_t n = 0;

	if (set->n)
		qsort(set->ids, set->n, sizeof(*set->ids), compare_ids);
	for (size_t i = 0; i < set->n; i++)
		if (!n || call_id_compare(&set->ids[n - 1], &set->ids[i]))
			set->ids[n++] = set->ids[i];
	set->n = n;
}

static void add_allowed_rules(const struct profile *p, struct call_set *set)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (action_allows(p->rules[i].action) && p->rules[i].id.nr >= 0)
			set_add(set, p->rules[i].id);
}

/* The calls that a rule without conditions denies, sorted. */
static struct call_set denied_rules(const struct profile *p)
{
	struct call_set set = { NULL, 0 };

	for (size_t i = 0; i < p->n_rules; i++)
		if (!action_allows(p->rules[i].action) && !p->rules[i].n_args)
			set_add(&set, p->rules[i].id);
	set_sort(&set);
	return set;
}

static bool set_has(const struct call_set *set, struct call_id id)
{
	return set->n && bsearch(&id, set->ids, set->n, sizeof(id),
				 compare_ids);
}

/* Numbers that calls can have: plain, of x32, and private to arm. */
static void add_named(const struct arch *arch, const struct call_set *except,
		      struct call_set *set)
{
	static const int32_t bases[] = { 0, 0x40000000, 0x0f0000 };
	char buf[SYSCALL_NAME_MAX];

	for (size_t i = 0; i < N_ELEMENTS(bases); i++)
		for (int32_t nr = bases[i]; nr < bases[i] + 1024; nr++) {
			struct call_id id = { arch->audit, nr };

			if (arch_of_call(id) == arch && !set_has(except, id) &&
			    syscall_name(id, buf))
				set_add(set, id);
		}
}

struct call_id *profile_allowed(const struct profile *p, size_t *n)
{
	struct call_set set = { NULL, 0 }, denied = { NULL, 0 };

	add_allowed_rules(p, &set);
	if (action_allows(p->default_action)) {
		denied = denied_rules(p);
		for (size_t i = 0; i < p->n_archs; i++)
			add_named(p->archs[i], &denied, &set);
	}
	set_sort(&set);
	free(denied.ids);
	*n = set.n;
	return set.ids;
}
