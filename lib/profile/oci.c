/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the seccomp object of the OCI runtime specification, with the additions
 * of container engines.
 */
#include "profile/oci.h"

#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/json-integer.h"
#include "base/memory.h"
#include "profile/compare.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

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

/* The keys under which an object has an action and its errno. */
struct action_keys {
	const char *action;
	const char *number;	/* the specification's errno */
	const char *text;	/* podman's errno, which takes precedence */
};

/* Reads an errno. Only container engines accept a text: a name or a number. */
static bool read_errno(struct reader *r, const json_t *object,
		       const char *place, const struct action_keys *keys,
		       json_int_t *value)
{
	const json_t *number = member(object, keys->number);
	const json_t *text = member(object, keys->text);
	uint32_t named;

	if (text && *(json_string_value(text) ?: "?")) {
		if (!json_is_string(text) ||
		    !errno_by_name(json_string_value(text), &named))
			return refuse(r, "%s%s: not an errno", place,
					   keys->text);
		*value = named;
	} else if (number) {
		*value = json_is_integer(number) ?
			json_integer_value(number) : -1;
	}
	if (*value < 0 || *value > ERRNO_MAX)
		return refuse(r, "%s%s: not a number from 0 to %d", place,
				   keys->number, ERRNO_MAX);
	return true;
}

/*
 * Handles an errno with an action that takes none: runc ignores the errno, crun
 * refuses the profile.
 */
static bool take_stray_errno(struct reader *r, const char *place,
			     const char *key, const struct oci_action *action)
{
	if (r->host->refuses_stray_errno)
		return refuse(r, "%s%s: crun refuses an errno for %s", place,
			      key, action->name);
	if (!r->stray_errno)
		profile_note(r->profile, "%s%s%s: runc ignores an errno for "
			     "%s, crun refuses the profile", r->root, place,
			     key, action->name);
	r->stray_errno = true;
	return true;
}

/*
 * Reads an action with its errno. The default is EPERM (OCI runtime-spec,
 * config-linux.md, Seccomp). `place` ends in a dot or is empty.
 */
static bool read_action(struct reader *r, const json_t *object,
			const char *place, const struct action_keys *keys,
			uint32_t *action)
{
	const json_t *name = member(object, keys->action);
	const struct oci_action *found;
	json_int_t value = EPERM;
	const char *with = member(object, keys->number) ? keys->number :
		is_empty(member(object, keys->text)) ? NULL : keys->text;

	if (!json_is_string(name))
		return refuse(r, "%s%s: %s", place, keys->action,
				   name ? "not a string" : "missing");
	found = find_action(json_string_value(name));
	if (!found)
		return refuse(r, "%s%s: unknown action %s", place,
				   keys->action, json_string_value(name));
	if (with && !found->has_errno && !take_stray_errno(r, place, with, found))
		return false;
	if (!read_errno(r, object, place, keys, &value))
		return false;
	*action = found->action | (found->has_errno ? (uint32_t)value : 0);
	return true;
}

/* The data that the rules of one entry of `syscalls` share. */
struct entry {
	char place[48];		/* "syscalls[2]." */
	uint32_t action;
	struct profile_arg *args;
	size_t n_args;
	bool alternatives;	/* one matching argument is enough */
};

/* Reads a number. A missing one is 0, as in programs written in Go. */
static bool read_uint(const json_t *object, const char *key, uint64_t max,
		      uint64_t *value)
{
	const json_t *number = member(object, key);

	*value = 0;
	if (!number)
		return true;
	if (!json_is_integer(number))
		return false;
	/* negative for 2^63 and more: json_fold_integers() */
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
		return refuse(r, "%sargs[%zu]: not an object", e->place, i);
	if (!read_uint(object, "index", 5, &index))
		return refuse(r, "%sargs[%zu].index: not a number from 0 to 5",
			    e->place, i);
	if (!read_uint(object, "value", UINT64_MAX, &arg->value))
		return refuse(r, "%sargs[%zu].value: not a number from 0 up",
			    e->place, i);
	if (!read_uint(object, "valueTwo", UINT64_MAX, &arg->value_two))
		return refuse(r, "%sargs[%zu].valueTwo: not a number from 0 up",
			    e->place, i);
	if (!op || !compare_by_name(op, &arg->op))
		return refuse(r, "%sargs[%zu].op: unknown comparison %s",
			    e->place, i, op ? op : "");
	arg->index = index;
	return true;
}

/*
 * If several conditions are for the same argument, runc and crun make a rule of
 * each condition in the entry, so that one condition is enough.
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
		return refuse(r, "%sargs: not an array", e->place);
	json_array_foreach(args, i, arg)
		if (!read_arg(r, e, i, arg))
			return false;
	e->alternatives = has_alternatives(e);
	return true;
}

static bool add_name(struct reader *r, const struct entry *e, const char *name)
{
	struct profile_rule rule = { .action = e->action };

	if (!e->alternatives) {
		rule.n_args = e->n_args;
		for (size_t i = 0; i < e->n_args; i++)
			rule.args[i] = e->args[i];
		return reader_add_name(r, name, &rule);
	}
	rule.n_args = 1;
	for (size_t i = 0; i < e->n_args; i++) {
		rule.args[0] = e->args[i];
		if (!reader_add_name(r, name, &rule))
			return false;
	}
	return true;
}

static bool read_name_list(struct reader *r, const struct entry *e,
			   const json_t *names)
{
	size_t i;
	json_t *name;

	if (!json_is_array(names))
		return refuse(r, "%snames: %s", e->place,
			      names ? "not an array" : "missing");
	json_array_foreach(names, i, name) {
		if (!json_is_string(name))
			return refuse(r, "%snames[%zu]: not a string",
					   e->place, i);
		if (!add_name(r, e, json_string_value(name)))
			return false;
	}
	return true;
}

/* Reads `names`, or `name` in old profiles of container engines. */
static bool read_names(struct reader *r, const struct entry *e,
		       const json_t *object)
{
	const json_t *name = member(object, "name");
	const json_t *names = member(object, "names");

	if (is_empty(name))
		return read_name_list(r, e, names);
	if (!is_empty(names))
		return refuse(r, "%sname and names cannot both be given",
				   e->place);
	if (!json_is_string(name))
		return refuse(r, "%sname: not a string", e->place);
	return add_name(r, e, json_string_value(name));
}

/*
 * Conditions of entries: `includes` and `excludes` of moby,
 * profiles/seccomp/seccomp_linux.go. Container engines resolve them when they
 * write a config.json.
 */
struct condition {
	size_t archs, caps;		/* listed */
	/* how many of these the machine has */
	size_t archs_held, caps_held;
	bool kernel, kernel_held;
};

/*
 * Returns the name that engines use, which comes from libseccomp's Go binding.
 */
static const char *engine_arch(const struct arch *arch)
{
	switch (arch->scmp) {
	case SCMP_ARCH_X86_64:
		return "amd64";
	case SCMP_ARCH_AARCH64:
		return "arm64";
	default:
		return arch->name;
	}
}

static bool is_native(const struct host *host, const char *name)
{
	(void)host;
	return !strcmp(name, engine_arch(arch_native()));
}

/* Counts the strings of a list, and those for which `holds` returns true. */
static bool count_list(struct reader *r, const json_t *list,
		       const char *place,
		       bool (*holds)(const struct host *, const char *),
		       size_t *n, size_t *held)
{
	size_t i;
	json_t *item;

	if (list && !json_is_array(list))
		return refuse(r, "%s: not an array", place);
	json_array_foreach(list, i, item) {
		if (!json_is_string(item))
			return refuse(r, "%s[%zu]: not a string", place,
					   i);
		++*n;
		*held += holds(r->host, json_string_value(item));
	}
	return true;
}

static bool read_min_kernel(struct reader *r, const json_t *version,
			    const char *place, struct condition *c)
{
	const char *text = json_string_value(version);
	unsigned char major, minor;
	char end;

	if (is_empty(version))
		return true;
	if (!text || strlen(text) > strlen("255.255") ||
	    sscanf(text, "%hhu.%hhu%c", &major, &minor, &end) != 2)
		return refuse(r, "%s: not a version like 4.8", place);
	c->kernel = true;
	c->kernel_held = host_has_kernel(r->host, major, minor);
	return true;
}

static bool read_condition(struct reader *r, const json_t *entry,
			   const char *place, const char *key,
			   struct condition *c)
{
	const json_t *object = member(entry, key);
	char archs[80], caps[80], kernel[80];

	*c = (struct condition){ 0 };
	if (object && !json_is_object(object))
		return refuse(r, "%s%s: not an object", place, key);
	snprintf(archs, sizeof(archs), "%s%s.arches", place, key);
	snprintf(caps, sizeof(caps), "%s%s.caps", place, key);
	snprintf(kernel, sizeof(kernel), "%s%s.minKernel", place, key);
	return count_list(r, member(object, "arches"), archs, is_native,
			  &c->archs, &c->archs_held) &&
	       count_list(r, member(object, "caps"), caps, host_has_cap,
			  &c->caps, &c->caps_held) &&
	       read_min_kernel(r, member(object, "minKernel"), kernel, c);
}

/*
 * Whether the entry applies to this machine. Records the conditions on which
 * that depended.
 */
static bool read_conditions(struct reader *r, const json_t *entry,
			    const char *place, bool *holds)
{
	struct condition in, ex;

	if (!read_condition(r, entry, place, "includes", &in) ||
	    !read_condition(r, entry, place, "excludes", &ex))
		return false;
	*holds = !ex.archs_held && !ex.caps_held && !ex.kernel_held &&
		 (!in.archs || in.archs_held) && in.caps == in.caps_held &&
		 in.kernel == in.kernel_held;
	r->caps_decided |= in.caps || ex.caps;
	r->kernel_decided |= in.kernel || ex.kernel;
	return true;
}

static void note_conditions(const struct reader *r)
{
	char *caps = host_caps_text(r->host);

	if (r->caps_decided && r->kernel_decided)
		profile_note(r->profile, "conditions resolved for %s and "
			     "Linux %u.%u", caps, r->host->version,
			     r->host->patchlevel);
	else if (r->caps_decided)
		profile_note(r->profile, "conditions resolved for %s", caps);
	else if (r->kernel_decided)
		profile_note(r->profile, "conditions resolved for Linux "
			     "%u.%u", r->host->version, r->host->patchlevel);
	free(caps);
}

static bool read_syscall(struct reader *r, size_t i, const json_t *object)
{
	static const struct action_keys keys = {
		"action", "errnoRet", "errno",
	};
	struct entry e = { .n_args = 0 };
	bool holds = false, ok;

	if (!json_is_object(object))
		return refuse(r, "syscalls[%zu]: not an object", i);
	snprintf(e.place, sizeof(e.place), "syscalls[%zu].", i);
	ok = read_conditions(r, object, e.place, &holds) &&
	     read_action(r, object, e.place, &keys, &e.action) &&
	     read_args(r, &e, member(object, "args")) &&
	     (!holds || read_names(r, &e, object));
	free(e.args);
	return ok;
}

static bool read_syscalls(struct reader *r, const json_t *syscalls)
{
	size_t i;
	json_t *entry;

	if (syscalls && !json_is_array(syscalls))
		return refuse(r, "syscalls: not an array");
	json_array_foreach(syscalls, i, entry)
		if (!read_syscall(r, i, entry))
			return false;
	return true;
}

/* Puts this machine's architecture first, if runtimes filter it anyway. */
static void put_native_first(struct profile *p, bool always)
{
	const struct arch *native = arch_native();
	bool wanted = always || !p->n_archs;
	size_t i = 0;

	for (size_t j = 0; j < p->n_archs; j++)
		wanted = wanted || arch_is_local(p->archs[j], native);
	if (!wanted)
		return;
	p->of_machine |= !p->n_archs;
	p->native_implied = !profile_has_arch(p, native);
	profile_add_arch(p, native);
	while (p->archs[i] != native)
		i++;
	memmove(p->archs + 1, p->archs, i * sizeof(*p->archs));
	p->archs[0] = native;
}

/*
 * Architectures of machines on which this program does not run, with their byte
 * orders. libseccomp refuses a filter for architectures of both orders (EDOM).
 */
static bool is_other_arch(const char *name, bool *big_endian)
{
	static const struct {
		const char *name;
		bool big_endian;
	} others[] = {
		{ "SCMP_ARCH_LOONGARCH64", false },
		{ "SCMP_ARCH_M68K", true }, { "SCMP_ARCH_MIPS", true },
		{ "SCMP_ARCH_MIPS64", true }, { "SCMP_ARCH_MIPS64N32", true },
		{ "SCMP_ARCH_MIPSEL", false }, { "SCMP_ARCH_MIPSEL64", false },
		{ "SCMP_ARCH_MIPSEL64N32", false },
		{ "SCMP_ARCH_PARISC", true }, { "SCMP_ARCH_PARISC64", true },
		{ "SCMP_ARCH_PPC", true }, { "SCMP_ARCH_PPC64", true },
		{ "SCMP_ARCH_S390", true }, { "SCMP_ARCH_SH", false },
		{ "SCMP_ARCH_SHEB", true },
	};

	for (size_t i = 0; i < N_ELEMENTS(others); i++)
		if (!strcmp(others[i].name, name)) {
			*big_endian = others[i].big_endian;
			return true;
		}
	return false;
}

/* Accepts an architecture whose calls this machine never makes. */
static bool take_other_arch(struct reader *r, const char *name,
			    const char *place)
{
	bool big_here = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, big;

	if (!is_other_arch(name, &big))
		return refuse(r, "%s: unknown architecture %s", place, name);
	if (big != big_here)
		return refuse(r, "%s: libseccomp cannot filter %s and %s at "
			      "once", place, arch_native()->oci, name);
	profile_note(r->profile, "%s: left out, since it is of another machine",
		     name);
	return true;
}

static bool read_arch_list(struct reader *r, const json_t *archs,
			   const char *place)
{
	size_t i;
	json_t *name;

	if (archs && !json_is_array(archs))
		return refuse(r, "%s: not an array", place);
	json_array_foreach(archs, i, name) {
		const char *text = json_string_value(name);
		const struct arch *arch = text ? arch_by_oci(text) : NULL;
		char at[64];

		snprintf(at, sizeof(at), "%s[%zu]", place, i);
		if (arch)
			profile_add_arch(r->profile, arch);
		else if (!take_other_arch(r, text ? text : "", at))
			return false;
	}
	return !json_array_size(archs) || r->profile->n_archs ||
	       refuse(r, "%s: none is of this machine", place);
}

/*
 * Reads the form of container engines: the first entry for this machine's
 * architecture counts, and engines ignore all others.
 */
static bool read_arch_map(struct reader *r, const json_t *map)
{
	size_t i;
	json_t *entry;

	if (map && !json_is_array(map))
		return refuse(r, "archMap: not an array");
	json_array_foreach(map, i, entry) {
		const json_t *name = member(entry, "architecture");
		char at[64];

		if (arch_by_oci(json_string_value(name) ?: "") != arch_native())
			continue;
		profile_add_arch(r->profile, arch_native());
		r->profile->of_machine = true;
		snprintf(at, sizeof(at), "archMap[%zu].subArchitectures", i);
		return read_arch_list(r, member(entry, "subArchitectures"), at);
	}
	return true;
}

static bool read_archs(struct reader *r, const json_t *seccomp)
{
	const json_t *archs = member(seccomp, "architectures");
	const json_t *map = member(seccomp, "archMap");

	if (!is_empty(archs) && !is_empty(map))
		return refuse(r, "architectures and archMap cannot both be given");
	if (!read_arch_list(r, archs, "architectures") ||
	    !read_arch_map(r, map))
		return false;
	put_native_first(r->profile, r->host->adds_native);
	return true;
}

/*
 * Accepts the flags: they change how a filter is loaded, but not its answers.
 */
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
		return refuse(r, "flags: not an array");
	json_array_foreach(flags, i, flag) {
		const char *text = json_string_value(flag);

		for (k = 0; text && k < N_ELEMENTS(known); k++)
			if (!strcmp(text, known[k]))
				break;
		if (!text || k == N_ELEMENTS(known))
			return refuse(r, "flags[%zu]: unknown flag %s", i,
				    text ? text : "");
	}
	return true;
}

static bool read_seccomp(struct reader *r, const json_t *seccomp)
{
	static const struct action_keys keys = {
		"defaultAction", "defaultErrnoRet", "defaultErrno",
	};

	r->profile = profile_new(SECCOMP_RET_KILL_THREAD);
	if (!read_action(r, seccomp, "", &keys, &r->profile->default_action) ||
	    !read_archs(r, seccomp) ||
	    !read_flags(r, member(seccomp, "flags")) ||
	    !read_syscalls(r, member(seccomp, "syscalls")))
		return false;
	note_conditions(r);
	return true;
}

/* Keys that different readers treat differently. */

/*
 * Folds case like Go's encoding/json, which also treats U+017F as 's' and
 * U+212A as 'k'.
 */
static void fold(const char *key, char *to, size_t size)
{
	static const char *const letters[] = { "\u017f", "\u212a" };
	size_t n = 0;

	while (*key && n < size - 1) {
		bool is_s = !strncmp(key, letters[0], strlen(letters[0]));
		bool is_k = !strncmp(key, letters[1], strlen(letters[1]));

		to[n++] = is_s ? 's' : is_k ? 'k' : *key;
		key += is_s || is_k ? strlen(letters[is_k]) : 1;
	}
	to[n] = '\0';
}

/*
 * Returns the known key that a program written in Go would take for this key,
 * or NULL.
 */
static const char *other_spelling(const char *key)
{
	static const char *const known[] = {
		"linux", "seccomp", "kind", "spec", "baseProfileName",
		"defaultAction", "defaultErrnoRet", "defaultErrno",
		"architectures", "archMap", "architecture", "subArchitectures",
		"flags", "syscalls", "name", "names", "action", "errnoRet",
		"errno", "args", "index", "value", "valueTwo", "op",
		"includes", "excludes", "arches", "caps", "minKernel",
	};
	char folded[32];

	fold(key, folded, sizeof(folded));
	for (size_t i = 0; i < N_ELEMENTS(known); i++)
		if (!strcasecmp(known[i], folded) && strcmp(known[i], key))
			return known[i];
	return NULL;
}

static bool check_key(struct reader *r, const char *key)
{
	const char *known = other_spelling(key);

	return !known || refuse(r, "%s: runc and docker read it as %s, and "
				"crun ignores it", key, known);
}

static bool check_keys(struct reader *r, json_t *value)
{
	const char *key;
	json_t *inner;
	size_t i;

	json_object_foreach(value, key, inner)
		if (!check_key(r, key) || !check_keys(r, inner))
			return false;
	json_array_foreach(value, i, inner)
		if (!check_keys(r, inner))
			return false;
	return true;
}

/*
 * Checks members that container engines read only in their own profiles.
 * Runtimes and Kubernetes ignore them.
 */
static bool check_engine_keys(struct reader *r, const json_t *seccomp)
{
	static const char *const of_entry[] = {
		"includes", "excludes", "name", "errno",
	};
	static const char *const of_all[] = { "archMap", "defaultErrno" };
	const char *why = "only a container engine reads it";
	json_t *entry;
	size_t i;

	for (size_t k = 0; k < N_ELEMENTS(of_all); k++)
		if (!is_empty(member(seccomp, of_all[k])))
			return refuse(r, "%s: %s", of_all[k], why);
	json_array_foreach(member(seccomp, "syscalls"), i, entry)
		for (size_t k = 0; k < N_ELEMENTS(of_entry); k++)
			if (!is_empty(member(entry, of_entry[k])))
				return refuse(r, "syscalls[%zu].%s: %s", i,
					      of_entry[k], why);
	return true;
}

bool oci_read(struct reader *r, json_t *seccomp)
{
	return check_keys(r, seccomp) && check_engine_keys(r, seccomp) &&
	       read_seccomp(r, seccomp);
}

bool oci_add_rules(struct reader *r, json_t *seccomp)
{
	return check_keys(r, seccomp) && check_engine_keys(r, seccomp) &&
	       read_syscalls(r, member(seccomp, "syscalls"));
}

/* Files */

/* Reads the object of the runtime specification in a config.json. */
static bool read_config(struct reader *r, const json_t *config)
{
	json_t *seccomp = member(config, "seccomp");
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)config, key, value)
		if (!check_key(r, key))
			return false;
	if (!json_is_object(seccomp))
		return refuse(r, "linux.seccomp: %s",
				   seccomp ? "not an object" : "missing");
	r->root = "linux.seccomp.";
	return oci_read(r, seccomp);
}

bool read_object(struct reader *r, const json_t *root)
{
	bool is_resource = member(root, "kind") || member(root, "spec");
	bool is_config = member(root, "linux");
	const char *key;
	json_t *value;

	if (!json_is_object(root))
		return refuse(r, "not an object");
	json_object_foreach((json_t *)root, key, value)
		if (!check_key(r, key))
			return false;
	if (is_resource + is_config + !!member(root, "defaultAction") > 1)
		return refuse(r, "%s and %s cannot both be given", is_resource ?
			      "kind" : "linux", is_resource && is_config ?
			      "linux" : "defaultAction");
	if (is_resource)
		return read_resource(r, root);
	if (is_config)
		return read_config(r, member(root, "linux"));
	return check_keys(r, (json_t *)root) && read_seccomp(r, root);
}

bool read_json(struct reader *r, char *text, size_t n)
{
	json_error_t error;
	size_t length;
	char *folded = json_fold_integers(text, n, &length);
	json_t *root = json_loadb(folded, length, JSON_REJECT_DUPLICATES,
				  &error);
	json_t *documents = root ? json_pack("[o]", root) : NULL;
	bool ok = documents ? read_documents(r, documents) :
		refuse(r, "line %d: %s", error.line, error.text);

	json_decref(documents);
	free(folded);
	return ok;
}
