/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An AppArmor profile: apparmor.d(5). It restricts paths, executions, mount
 * points and socket families to the recorded ones. A comment in the profile
 * lists the acts that sp-record does not record; the profile allows all of
 * them.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "base/message.h"
#include "format.h"
#include "kernel/path.h"
#include "names.h"
#include "paths.h"
#include "protections.h"

enum { DIRECTORY = 4 };		/* the type of a directory in S_IFMT */

/*
 * Writes a pattern in quotes, with `*` for generalized parts. Bytes that are
 * not plain become octal escapes, since patterns of apparmor_parser have no
 * other form that can hold every byte.
 */
static void write_path(const char *pattern, const char *end, FILE *out)
{
	int c;

	putc('"', out);
	while ((c = pattern_next(&pattern))) {
		if (c < 0)
			putc('*', out);
		else if (isalnum(c) || strchr("/._-+:=~#", c))
			putc(c, out);
		else
			fprintf(out, "\\%03o", (unsigned int)c);
	}
	fprintf(out, "%s\"", end);
}

/*
 * Returns "", "/" or "{,/}": AppArmor ends the name of a directory with a
 * slash. If the type is unknown, the rule must match both.
 */
static const char *ending(const struct path_use *u)
{
	uint32_t directory = 1U << DIRECTORY;

	if (!strcmp(u->pattern, "/") || !(u->types & (directory | 1)))
		return "";
	return u->types == directory ? "/" :
		u->types & directory || u->types == 1 ? "{,/}" : "";
}

enum {
	CHANGES = NAME_WRITE | NAME_CREATE | NAME_DELETE | NAME_TRUNCATE |
		NAME_CHANGE | NAME_RENAME | NAME_CONNECT | NAME_ENSURE |
		NAME_LOCK_WRITE,
	READS = NAME_READ | NAME_LIST | NAME_EXECUTE | NAME_MAP |
		NAME_CONNECT | NAME_RENAME,
};

/*
 * Writes the rule for a path. stat(2) needs none: AppArmor does not mediate it.
 * If the recording has pairs of names, links get rules of their own. Without
 * pairs, the path gets "l", by which a link may permit no more than its target.
 */
static void write_use(const struct path_use *u, bool pairs, FILE *out)
{
	bool links = u->access & NAME_LINK && !pairs;

	if (!(u->access & (READS | CHANGES | NAME_LOCK)) && !links)
		return;
	fputs("  ", out);
	write_path(u->pattern, ending(u), out);
	putc(' ', out);
	if (u->access & (NAME_EXECUTE | NAME_MAP))
		putc('m', out);
	if (u->access & READS)
		putc('r', out);
	if (u->access & CHANGES)
		putc('w', out);
	if (links)
		putc('l', out);
	/* Older recordings have no locks, so each written file gets "k". */
	if (u->access & (NAME_LOCK | NAME_WRITE))
		putc('k', out);
	if (u->access & NAME_EXECUTE)
		fputs("ix", out);
	fputs(",\n", out);
}

/*
 * If the path is a shared library, writes a rule for all versions of its
 * soname, and returns true. An upgrade replaces "/x/liby.so.1.2" by
 * "/x/liby.so.1.3".
 */
static bool write_library(const struct path_use *u, FILE *out)
{
	char *at = path_shorter_version(u->pattern), *shorter;

	if (!at || u->made || !pattern_is_path(u->pattern) ||
	    !(u->access & NAME_MAP) ||
	    u->access & (CHANGES | NAME_EXECUTE | NAME_LOCK)) {
		free(at);
		return false;
	}
	while ((shorter = path_shorter_version(at))) {
		free(at);
		at = shorter;
	}
	fputs("  ", out);
	write_path(at, "{,.*}", out);
	fputs(" mr,\n", out);
	free(at);
	return true;
}

static void write_link(const struct path_move *move, FILE *out)
{
	if (!(move->access & NAME_LINK))
		return;
	fputs("  link ", out);
	write_path(move->to, "", out);
	fputs(" -> ", out);
	write_path(move->from, "", out);
	fputs(",\n", out);
}

/*
 * Writes rules for mounting, by mount point. Options and sources of mount(8)
 * are not restricted. Older recordings have the calls, but no mount points.
 */
static void write_mounts(const struct trace *t, const struct path_uses *uses,
			 FILE *out)
{
	static const char *const rules[] = {
		"mount -> ", "remount ", "umount ",
	};
	bool any = false;

	for (size_t i = 0; i < uses->n; i++) {
		const struct path_use *u = &uses->at[i];

		if (!(u->access & NAME_MOUNT))
			continue;
		any = true;
		for (size_t k = 0; k < 3; k++) {
			fprintf(out, "  %s", rules[k]);
			write_path(u->pattern, ending(u), out);
			fputs(",\n", out);
		}
	}
	for (size_t i = 0; i < t->paths.n; i++)
		any |= t->paths.at[i]->id.nr & NAME_MOUNT;
	if (!any && calls_mount(t))
		fputs("  mount,\n  remount,\n  umount,\n", out);
	if (calls_pivot_root(t))
		fputs("  pivot_root,\n", out);
}

static const char *type_name(uint64_t type)
{
	static const char *const names[] = {
		[1] = "stream", [2] = "dgram", [3] = "raw", [4] = "rdm",
		[5] = "seqpacket", [10] = "packet",
	};

	return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

/* Writes "AF_INET" as "inet". */
static void write_family(const char *family, FILE *out)
{
	for (family += strlen("AF_"); *family; family++)
		putc(tolower((unsigned char)*family), out);
}

/*
 * A kind of socket that a program created, as far as rules can distinguish
 * kinds.
 */
struct kind {
	uint32_t family;
	const char *type;	/* NULL: the type has no name */
};

/*
 * Returns false if the fact is of another call than socket(2) and
 * socketpair(2).
 */
static bool made_kind(const struct fact *fact, struct kind *kind)
{
	struct argument_value v[ARGUMENT_VALUES_MAX];
	char buf[SYSCALL_NAME_MAX];

	if (strncmp(syscall_label(fact->id, buf), "socket", 6) ||
	    argument_values(fact, v) < 2)
		return false;
	*kind = (struct kind){ v[0].value, type_name(v[1].value) };
	return true;
}

static bool is_repeated(const struct trace *t, size_t at,
			const struct kind *kind)
{
	struct kind k;

	for (size_t i = 0; i < at; i++)
		if (made_kind(t->arguments.at[i], &k) &&
		    k.family == kind->family && k.type == kind->type)
			return true;
	return false;
}

static bool made_connectionless(const struct trace *t)
{
	struct kind k;

	for (size_t i = 0; i < t->arguments.n; i++)
		if (made_kind(t->arguments.at[i], &k) &&
		    (!k.type || (strcmp(k.type, "stream") &&
				 strcmp(k.type, "seqpacket"))))
			return true;
	return false;
}

/* Whether the run used sockets whose creation was not recorded. */
static bool has_inherited(const struct trace *t)
{
	static const char *const making[] = { "socket", NULL };
	static const char *const using[] = {
		"bind", "connect", "getsockname", "getsockopt", "listen",
		"setsockopt", NULL
	};
	static const char *const hidden[] = { "socketcall", NULL };
	static const char *const accepting[] = { "accept", "accept4", NULL };
	static const char *const listening[] = { "listen", NULL };
	static const char *const connecting[] = {
		"accept", "accept4", "connect", "socketpair", NULL
	};
	static const char *const connected[] = {
		"getpeername", "recvfrom", "recvmmsg", "recvmsg", "sendmmsg",
		"sendmsg", "sendto", "shutdown", NULL
	};
	bool accepts = calls_any(t, accepting), uses = calls_any(t, connected);

	if (calls_any(t, hidden) || (accepts && !calls_any(t, listening)))
		return true;
	if (!calls_any(t, making))
		return accepts || uses || calls_any(t, using);
	return uses && !calls_any(t, connecting) && !made_connectionless(t);
}

/*
 * Returns the reason why rules cannot restrict socket families, or NULL if they
 * can.
 */
static const char *why_open(const struct trace *t)
{
	struct kind k;

	for (size_t i = 0; i < t->arguments.n; i++)
		if (made_kind(t->arguments.at[i], &k) && !family_name(k.family))
			return "A socket has a family without a name, which "
				"no rule can allow: families of sockets are "
				"not restricted.";
	return has_inherited(t) ?
		"The run used sockets that it did not create, so their "
		"families are unknown: families of sockets are not "
		"restricted." : NULL;
}

static void write_note(const char *text, FILE *out)
{
	message_note("%s", text);
	write_comment(text, "  # ", out);
}

static void write_network(const struct trace *t, FILE *out)
{
	bool known = args_knows(t, "socket");
	const char *why = known ? why_open(t) : NULL;
	struct kind k;

	if (why)
		write_note(why, out);
	if (!known || why) {
		fputs("  network,\n", out);
		return;
	}
	for (size_t i = 0; i < t->arguments.n; i++) {
		if (!made_kind(t->arguments.at[i], &k) || is_repeated(t, i, &k))
			continue;
		/*
		 * For families such as DCCP, AppArmor can only allow all types.
		 */
		if (!k.type)
			write_note("A socket has a type without a name: the rule "
				   "without a type allows each type of its "
				   "family, raw sockets too.", out);
		fputs("  network ", out);
		write_family(family_name(k.family), out);
		fprintf(out, "%s%s,\n", k.type ? " " : "",
			k.type ? k.type : "");
	}
}

/*
 * AppArmor checks the path of memfds and of message queues, but its rules
 * cannot name these paths. mq_open(2) finds queues in a mount outside of all
 * directories.
 */
static void refuse_pathless(const struct trace *t)
{
	for (size_t i = 0; i < t->paths.n; i++) {
		const struct fact *fact = t->paths.at[i];
		char *path = path_of_fact(fact), *text;
		bool executes = fact->id.nr & NAME_EXECUTE &&
			!strncmp(path, "/memfd:", strlen("/memfd:"));

		text = path_escape(path);
		if (executes && !fact->answer)
			message_error("the run executed %s: a file without a "
				      "path, which no rule allows", text);
		else if (fact->id.nr & (NAME_READ | NAME_WRITE) &&
			 fact->id.nr & NAME_GIVEN && !fact->answer &&
			 path_is_below(path, "/dev/mqueue"))
			message_error("the run opened the message queue %s, "
				      "which has no path that a rule can name",
				      text);
		free(text);
		free(path);
	}
}

static const char open_rules[] =
"  # Not recorded, and so not restricted:\n"
"  capability,\n"
"  signal,\n"
"  ptrace,\n"
"  unix,\n"
"  dbus,\n"
"  # Not mediated by this ABI: user namespaces, io_uring, message queues.\n"
"  # Not mediated by AppArmor: stat, access, readlink, chdir, ioctl, System V\n"
"  # IPC, and the use of descriptors that were open before.\n"
"\n";

void write_apparmor(const struct emit *emit, FILE *out)
{
	struct path_uses *uses = paths_fold(emit->trace, emit->general);
	char *name = profile_name(emit->trace);

	if (!emit->complain)
		refuse_pathless(emit->trace);
	write_head(emit, "# ", out);
	fprintf(out, "abi <abi/3.0>,\n\nprofile %s%s {\n%s", name,
		emit->complain ? " flags=(complain)" : "", open_rules);
	write_network(emit->trace, out);
	write_mounts(emit->trace, uses, out);
	putc('\n', out);
	for (size_t i = 0; i < uses->n; i++)
		if (!write_library(&uses->at[i], out))
			write_use(&uses->at[i], emit->trace->moves.n, out);
	for (size_t i = 0; i < uses->n_moves && emit->trace->moves.n; i++)
		write_link(&uses->moves[i], out);
	fputs("}\n", out);
	free(name);
	paths_free(uses);
}
