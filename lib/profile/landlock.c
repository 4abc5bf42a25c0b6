/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/input.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "kernel/path.h"
#include "names.h"
#include "stream/kind.h"
#include "stream/socket.h"

static const struct right {
	const char *name;
	uint64_t bit;
	int abi;		/* the first ABI version with it: landlock(7) */
} table[LANDLOCK_KINDS][17] = {
	[LANDLOCK_FS] = {
		{ "execute", LANDLOCK_FS_EXECUTE, 1 },
		{ "write_file", LANDLOCK_FS_WRITE_FILE, 1 },
		{ "read_file", LANDLOCK_FS_READ_FILE, 1 },
		{ "read_dir", LANDLOCK_FS_READ_DIR, 1 },
		{ "remove_dir", LANDLOCK_FS_REMOVE_DIR, 1 },
		{ "remove_file", LANDLOCK_FS_REMOVE_FILE, 1 },
		{ "make_char", LANDLOCK_FS_MAKE_CHAR, 1 },
		{ "make_dir", LANDLOCK_FS_MAKE_DIR, 1 },
		{ "make_reg", LANDLOCK_FS_MAKE_REG, 1 },
		{ "make_sock", LANDLOCK_FS_MAKE_SOCK, 1 },
		{ "make_fifo", LANDLOCK_FS_MAKE_FIFO, 1 },
		{ "make_block", LANDLOCK_FS_MAKE_BLOCK, 1 },
		{ "make_sym", LANDLOCK_FS_MAKE_SYM, 1 },
		{ "refer", LANDLOCK_FS_REFER, 2 },
		{ "truncate", LANDLOCK_FS_TRUNCATE, 3 },
		{ "ioctl_dev", LANDLOCK_FS_IOCTL_DEV, 5 },
	},
	[LANDLOCK_NET] = {
		{ "bind_tcp", LANDLOCK_NET_BIND_TCP, 4 },
		{ "connect_tcp", LANDLOCK_NET_CONNECT_TCP, 4 },
	},
	[LANDLOCK_SCOPE] = {
		{ "abstract_unix_socket", LANDLOCK_SCOPE_ABSTRACT, 6 },
		{ "signal", LANDLOCK_SCOPE_SIGNALS, 6 },
	},
};

const char *landlock_right_name(enum landlock_kind kind, uint64_t bit)
{
	for (const struct right *r = table[kind]; r->name; r++)
		if (r->bit == bit)
			return r->name;
	return NULL;
}

uint64_t landlock_known(enum landlock_kind kind, uint64_t wanted, int abi)
{
	uint64_t known = 0;

	for (const struct right *r = table[kind]; r->name; r++)
		known |= r->abi <= abi ? r->bit : 0;
	return wanted & known;
}

struct landlock_policy *landlock_new(void)
{
	return xcalloc(1, sizeof(struct landlock_policy));
}

void landlock_free(struct landlock_policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_rules; i++)
		free(p->rules[i].path);
	free(p->rules);
	free(p->ports);
	free(p);
}

void landlock_allow(struct landlock_policy *p, const char *path,
		    uint64_t allow)
{
	size_t low = 0, high = p->n_rules;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(p->rules[middle].path, path);

		if (!order) {
			p->rules[middle].allow |= allow;
			return;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	p->rules = xgrow(p->rules, p->n_rules, sizeof(*p->rules));
	memmove(p->rules + low + 1, p->rules + low,
		(p->n_rules++ - low) * sizeof(*p->rules));
	p->rules[low] = (struct landlock_rule){ xstrdup(path), allow };
}

/* Returns the index of the first rule whose port is not below this one. */
static size_t first_port(const struct landlock_policy *p, unsigned int port)
{
	size_t low = 0, high = p->n_ports;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->ports[middle].port < port)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t landlock_port_missing(const struct landlock_policy *p,
			       unsigned int port, uint64_t wanted)
{
	size_t i = first_port(p, port);

	wanted &= p->handled[LANDLOCK_NET];
	return i < p->n_ports && p->ports[i].port == port ?
		wanted & ~p->ports[i].allow : wanted;
}

void landlock_allow_port(struct landlock_policy *p, uint16_t port,
			 uint64_t allow)
{
	size_t i = first_port(p, port);

	if (i < p->n_ports && p->ports[i].port == port) {
		p->ports[i].allow |= allow;
		return;
	}
	p->ports = xgrow(p->ports, p->n_ports, sizeof(*p->ports));
	memmove(p->ports + i + 1, p->ports + i,
		(p->n_ports++ - i) * sizeof(*p->ports));
	p->ports[i] = (struct landlock_port){ port, allow };
}

void landlock_forget_ports(struct landlock_policy *p, uint64_t rights)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_ports; i++) {
		p->ports[i].allow &= ~rights;
		if (p->ports[i].allow)
			p->ports[n++] = p->ports[i];
	}
	p->n_ports = n;
}

/* Older recordings do not say whether a socket is TCP: assume that it is. */
uint64_t landlock_port_right(const struct fact *fact)
{
	uint32_t operation = fact->id.nr & SOCKET_OPERATION;

	if (socket_port(fact) < 0 || fact->id.nr & SOCKET_NOT_TCP)
		return 0;
	return operation == SOCKET_BIND ? LANDLOCK_NET_BIND_TCP :
		operation == SOCKET_CONNECT ? LANDLOCK_NET_CONNECT_TCP : 0;
}

static int by_path(const void *a, const void *b)
{
	const struct landlock_rule *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static uint64_t allowed_at(const struct landlock_policy *p, char *path)
{
	struct landlock_rule key = { .path = path }, *found = NULL;

	if (p->n_rules)
		found = bsearch(&key, p->rules, p->n_rules, sizeof(key),
				by_path);
	return found ? found->allow : 0;
}

uint64_t landlock_missing(const struct landlock_policy *p, const char *path,
			  uint64_t wanted)
{
	char *at = xstrdup(path), *slash;

	wanted &= p->handled[LANDLOCK_FS] & ~allowed_at(p, (char *)"/");
	while (*at) {
		wanted &= ~allowed_at(p, at);
		slash = strrchr(at, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	free(at);
	return wanted;
}

/* Finding the rights that an access to a path needs. */

enum { CHARACTER = 2, DIRECTORY = 4, BLOCK = 6, REGULAR = 8 };	/* S_IFMT types */

static bool may_be(uint32_t types, int type)
{
	return types & (1U << type);
}

/* Rights on the file itself, or on the file that a link leads to. */
static uint64_t own_rights(uint32_t access, uint32_t types)
{
	uint64_t rights = 0;

	if (access & NAME_READ)
		rights |= LANDLOCK_FS_READ_FILE;
	if (access & NAME_WRITE)
		rights |= LANDLOCK_FS_WRITE_FILE;
	if (access & NAME_TRUNCATE && (types & 1 || may_be(types, REGULAR)))
		rights |= LANDLOCK_FS_TRUNCATE;
	/* execve(2) opens it for reading, too */
	if (access & NAME_EXECUTE)
		rights |= LANDLOCK_FS_EXECUTE | LANDLOCK_FS_READ_FILE;
	if (access & NAME_LIST)
		rights |= LANDLOCK_FS_READ_DIR;
	if (rights && (may_be(types, CHARACTER) || may_be(types, BLOCK)))
		rights |= LANDLOCK_FS_IOCTL_DEV;
	return rights;
}

/*
 * Rights to create an object of one of these types. A renamed object of unknown
 * type may be a directory.
 */
static uint64_t making(uint32_t access, uint32_t types)
{
	static const uint64_t by_type[16] = {
		[0] = LANDLOCK_FS_MAKE_REG, [1] = LANDLOCK_FS_MAKE_FIFO,
		[2] = LANDLOCK_FS_MAKE_CHAR, [4] = LANDLOCK_FS_MAKE_DIR,
		[6] = LANDLOCK_FS_MAKE_BLOCK, [8] = LANDLOCK_FS_MAKE_REG,
		[10] = LANDLOCK_FS_MAKE_SYM, [12] = LANDLOCK_FS_MAKE_SOCK,
	};
	uint64_t rights = 0;

	types &= ~(uint32_t)LANDLOCK_UNLINKED;
	for (int type = 0; type < 16; type++)
		if (may_be(types, type) && (type || types == 1))
			rights |= by_type[type];
	if (access & NAME_RENAME && types == 1)
		rights |= LANDLOCK_FS_MAKE_DIR;
	return rights;
}

static uint64_t removing(uint32_t access, uint32_t types)
{
	uint32_t known = types & ~1U;
	uint64_t rights = may_be(known, DIRECTORY) ? LANDLOCK_FS_REMOVE_DIR : 0;

	if (access & NAME_RENAME && !known)
		rights |= LANDLOCK_FS_REMOVE_DIR;
	if (known != 1U << DIRECTORY)
		rights |= LANDLOCK_FS_REMOVE_FILE;
	return rights;
}

/*
 * Rights on the parent directory. A rename also removes an object that already
 * has the new name.
 */
static uint64_t parent_rights(uint32_t access, uint32_t types)
{
	uint64_t rights = 0;

	if (access & NAME_CREATE)
		rights |= making(access, types);
	if (access & NAME_DELETE || (access & (NAME_CREATE | NAME_RENAME)) ==
	    (NAME_CREATE | NAME_RENAME))
		rights |= removing(access, types);
	return rights;
}

uint64_t landlock_moved(uint32_t types)
{
	return types & 1 || may_be(types, DIRECTORY) ? LANDLOCK_FS_ALL :
		LANDLOCK_FS_FILE;
}

struct landlock_needs landlock_needs(uint32_t access, uint32_t types)
{
	return (struct landlock_needs){
		own_rights(access, types), parent_rights(access, types),
	};
}

/* JSON. */

static json_t *names_json(enum landlock_kind kind, uint64_t bits)
{
	json_t *list = json_array();

	for (const struct right *r = table[kind]; r->name; r++)
		if (bits & r->bit)
			json_array_append_new(list, json_string(r->name));
	return list;
}

static json_t *ruleset_json(const struct landlock_policy *p)
{
	static const char *const keys[LANDLOCK_KINDS] = {
		"handledAccessFs", "handledAccessNet", "scoped",
	};
	json_t *object = json_object();

	for (int kind = 0; kind < LANDLOCK_KINDS; kind++)
		if (p->handled[kind])
			json_object_set_new(object, keys[kind],
				names_json(kind, p->handled[kind]));
	return json_pack("[o]", object);
}

/* The path is escaped only if JSON cannot hold it, and then has another key. */
static json_t *rule_json(const struct landlock_rule *rule)
{
	json_t *path = json_string(rule->path);
	char *escaped = path ? NULL : path_escape(rule->path);
	json_t *object = json_pack("{so s[o]}",
			"allowedAccess", names_json(LANDLOCK_FS, rule->allow),
			path ? "parent" : "parentEscaped",
			path ? path : json_string(escaped));

	free(escaped);
	return object;
}

void landlock_write(const struct landlock_policy *p, FILE *out)
{
	json_t *object = json_object(), *paths = json_array();
	json_t *ports = json_array();
	char *text;

	for (size_t i = 0; i < p->n_rules; i++)
		json_array_append_new(paths, rule_json(&p->rules[i]));
	for (size_t i = 0; i < p->n_ports; i++)
		json_array_append_new(ports, json_pack("{so s[i]}",
			"allowedAccess",
			names_json(LANDLOCK_NET, p->ports[i].allow),
			"port", (int)p->ports[i].port));
	json_object_set_new(object, "ruleset", ruleset_json(p));
	json_object_set_new(object, "pathBeneath", paths);
	json_object_set_new(object, "netPort", ports);
	text = json_text(object, JSON_INDENT(2));
	if (!text)
		message_fatal("out of memory");
	fprintf(out, "%s\n", text);
	free(text);
	json_decref(object);
}

/* Reading. On failure, these functions set the problem and return false. */

enum { FILE_BYTES_MAX = 16 << 20, RULES_MAX = 1 << 16 };

struct reader {
	struct landlock_policy *policy;
	char *problem;
};

__attribute__((format(printf, 2, 3)))
static bool fail(struct reader *r, const char *fmt, ...)
{
	char *raw;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&raw, fmt, ap) < 0)
		message_fatal("out of memory");
	va_end(ap);
	r->problem = text_printable(raw);
	free(raw);
	return false;
}

static bool read_names(struct reader *r, const json_t *list,
		       enum landlock_kind kind, const char *place,
		       uint64_t *bits)
{
	const struct right *found;
	json_t *name;
	size_t i;

	*bits = 0;
	if (!list)
		return true;
	if (!json_is_array(list))
		return fail(r, "%s: not an array", place);
	json_array_foreach(list, i, name) {
		const char *text = json_string_value(name);

		for (found = table[kind]; text && found->name; found++)
			if (!strcmp(found->name, text))
				break;
		if (!text || !found->name)
			return fail(r, "%s[%zu]: unknown right %s", place, i,
				    text ? text : "");
		*bits |= found->bit;
	}
	return true;
}

static bool read_ruleset(struct reader *r, const json_t *list)
{
	uint64_t bits[LANDLOCK_KINDS];
	json_t *one;
	size_t i;

	if (!json_is_array(list))
		return fail(r, "ruleset: not an array");
	json_array_foreach(list, i, one) {
		if (!read_names(r, json_object_get(one, "handledAccessFs"),
				LANDLOCK_FS, "ruleset.handledAccessFs",
				&bits[LANDLOCK_FS]) ||
		    !read_names(r, json_object_get(one, "handledAccessNet"),
				LANDLOCK_NET, "ruleset.handledAccessNet",
				&bits[LANDLOCK_NET]) ||
		    !read_names(r, json_object_get(one, "scoped"),
				LANDLOCK_SCOPE, "ruleset.scoped",
				&bits[LANDLOCK_SCOPE]))
			return false;
		for (int kind = 0; kind < LANDLOCK_KINDS; kind++)
			r->policy->handled[kind] |= bits[kind];
	}
	return true;
}

static bool read_parent(struct reader *r, size_t i, const json_t *name,
			bool escaped, uint64_t allow)
{
	const char *text = json_string_value(name);
	char *path = !text ? NULL : escaped ? path_unescape(text) :
		xstrdup(text);

	if (!path || *path != '/') {
		free(path);
		return fail(r, "pathBeneath[%zu].%s: not an absolute path", i,
			    escaped ? "parentEscaped" : "parent");
	}
	landlock_allow(r->policy, path, allow);
	free(path);
	return true;
}

static bool read_path(struct reader *r, size_t i, const json_t *rule)
{
	const json_t *parents = json_object_get(rule, "parent");
	const json_t *escaped = json_object_get(rule, "parentEscaped");
	char place[48];
	uint64_t allow;
	json_t *name;
	size_t k;

	snprintf(place, sizeof(place), "pathBeneath[%zu].allowedAccess", i);
	if (!json_is_array(parents) && !json_is_array(escaped))
		return fail(r, "pathBeneath[%zu].parent: not an array", i);
	if (!read_names(r, json_object_get(rule, "allowedAccess"), LANDLOCK_FS,
			place, &allow))
		return false;
	json_array_foreach(parents, k, name)
		if (!read_parent(r, i, name, false, allow))
			return false;
	json_array_foreach(escaped, k, name)
		if (!read_parent(r, i, name, true, allow))
			return false;
	return true;
}

static bool read_port(struct reader *r, size_t i, const json_t *rule)
{
	const json_t *ports = json_object_get(rule, "port");
	char place[48];
	uint64_t allow;
	json_t *port;
	size_t k;

	snprintf(place, sizeof(place), "netPort[%zu].allowedAccess", i);
	if (!json_is_array(ports))
		return fail(r, "netPort[%zu].port: not an array", i);
	if (!read_names(r, json_object_get(rule, "allowedAccess"),
			LANDLOCK_NET, place, &allow))
		return false;
	json_array_foreach(ports, k, port) {
		json_int_t value = json_integer_value(port);

		if (!json_is_integer(port) || value < 0 || value > UINT16_MAX)
			return fail(r, "netPort[%zu].port[%zu]: not a port", i,
				    k);
		landlock_allow_port(r->policy, value, allow);
	}
	return true;
}

static bool read_rules(struct reader *r, const json_t *root, const char *key,
		       bool (*read)(struct reader *, size_t, const json_t *))
{
	const json_t *list = json_object_get(root, key);
	json_t *rule;
	size_t i;

	if (!list)
		return true;
	if (!json_is_array(list) || json_array_size(list) > RULES_MAX)
		return fail(r, "%s: not an array of at most %d rules", key,
			    RULES_MAX);
	json_array_foreach(list, i, rule)
		if (!read(r, i, rule))
			return false;
	return true;
}

/* Refuses unknown members, which could change the meaning of the policy. */
static bool know_members(struct reader *r, const json_t *root)
{
	static const char *const known[] = {
		"abi", "ruleset", "pathBeneath", "netPort",
	};
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach((json_t *)root, key, value) {
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (!strcmp(known[i], key))
				break;
		if (i == sizeof(known) / sizeof(known[0]))
			return fail(r, "%s: an unknown member", key);
	}
	return true;
}

/* Refuses a file of a known kind that is not a policy. */
static bool refuse_kind(struct reader *r, const char *text, size_t n)
{
	enum file_kind kind = kind_of(text, n).kind;
	char *why;

	if (kind == KIND_UNKNOWN || kind == KIND_LANDLOCK)
		return false;
	why = kind_refusal(text, n, "a Landlock policy");
	fail(r, "%s", why);
	free(why);
	return true;
}

static json_t *parse(struct reader *r, FILE *file)
{
	size_t n;
	char *text = input_read(file, FILE_BYTES_MAX, &n);
	json_error_t error;
	json_t *root = NULL;

	if (!text)
		fail(r, "%s", strerror(errno));
	else if (n > FILE_BYTES_MAX)
		fail(r, "more than %d MiB", FILE_BYTES_MAX >> 20);
	else if (refuse_kind(r, text, n))
		;
	else if (!(root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error)))
		fail(r, "line %d: %s", error.line, error.text);
	free(text);
	return root;
}

struct landlock_policy *landlock_read(FILE *file, char **problem)
{
	struct reader r = { .policy = landlock_new() };
	json_t *root = parse(&r, file);
	bool ok = root && (json_is_object(root) || fail(&r, "not an object")) &&
		know_members(&r, root) &&
		read_ruleset(&r, json_object_get(root, "ruleset")) &&
		read_rules(&r, root, "pathBeneath", read_path) &&
		read_rules(&r, root, "netPort", read_port);

	json_decref(root);
	*problem = r.problem;
	if (ok)
		return r.policy;
	landlock_free(r.policy);
	return NULL;
}

struct landlock_policy *landlock_load(struct input *in)
{
	FILE *file = input_file(in);
	struct landlock_policy *p;
	char *problem = NULL;

	if (!file)
		return NULL;
	p = landlock_read(file, &problem);
	if (!p)
		message_error("%s: %s", input_name(in->path), problem);
	free(problem);
	input_close(in);
	return p;
}

/* Putting a policy in force: see linux/landlock.h. */

enum {
	NR_CREATE_RULESET = 444, NR_ADD_RULE = 445, NR_RESTRICT_SELF = 446,
	RULESET_VERSION = 1, RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2,
	LOG_NEW_EXEC_ON = 2,	/* since ABI 7: log denials after execve, too */
};

struct ruleset_attr {
	uint64_t handled_fs, handled_net, scoped;
};

struct path_attr {
	uint64_t allowed;
	int32_t parent_fd;
} __attribute__((packed));

struct port_attr {
	uint64_t allowed, port;
};

int landlock_abi(void)
{
	long abi = syscall(NR_CREATE_RULESET, NULL, 0, RULESET_VERSION);

	return abi > 0 ? abi : 0;
}

static int add_path(int ruleset, const struct landlock_rule *rule, int abi)
{
	int fd = open(rule->path, O_PATH | O_CLOEXEC), error = 0;
	struct path_attr attr = {
		.allowed = landlock_known(LANDLOCK_FS, rule->allow, abi),
		.parent_fd = fd,
	};
	struct stat st;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && !S_ISDIR(st.st_mode))
		attr.allowed &= LANDLOCK_FS_FILE;
	if (attr.allowed && syscall(NR_ADD_RULE, ruleset, RULE_PATH_BENEATH,
				    &attr, 0))
		error = -errno;
	close(fd);
	return error;
}

static int add_port(int ruleset, const struct landlock_port *rule, int abi)
{
	struct port_attr attr = {
		landlock_known(LANDLOCK_NET, rule->allow, abi), rule->port,
	};

	return attr.allowed && syscall(NR_ADD_RULE, ruleset, RULE_NET_PORT,
				       &attr, 0) ? -errno : 0;
}

int landlock_ruleset(const struct landlock_policy *p, int abi,
		     void (*missing)(const char *path, void *arg), void *arg)
{
	struct ruleset_attr attr = {
		landlock_known(LANDLOCK_FS, p->handled[LANDLOCK_FS], abi),
		landlock_known(LANDLOCK_NET, p->handled[LANDLOCK_NET], abi),
		landlock_known(LANDLOCK_SCOPE, p->handled[LANDLOCK_SCOPE],
			       abi),
	};
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	int fd = syscall(NR_CREATE_RULESET, &attr, size, 0), error = 0;

	if (fd < 0)
		return -errno;
	for (size_t i = 0; !error && i < p->n_rules; i++) {
		error = add_path(fd, &p->rules[i], abi);
		if (error == -ENOENT || error == -ENOTDIR) {
			missing(p->rules[i].path, arg);
			error = 0;
		}
	}
	for (size_t i = 0; !error && i < p->n_ports; i++)
		error = add_port(fd, &p->ports[i], abi);
	if (!error)
		return fd;
	close(fd);
	return error;
}

int landlock_restrict(int ruleset, int abi)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(NR_RESTRICT_SELF, ruleset, abi >= 7 ? LOG_NEW_EXEC_ON : 0))
		return -errno;
	return 0;
}
