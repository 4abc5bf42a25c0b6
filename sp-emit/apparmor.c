/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An AppArmor profile: apparmor.d(5). Paths, executions and families of
 * sockets are what was recorded; capabilities, signals and ptrace are not
 * recorded, and said to be left open.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "format.h"
#include "names.h"
#include "paths.h"

enum { DIRECTORY = 4 };		/* S_IFMT's type */

/*
 * In quotes: a `*` for what was generalized, other characters of patterns in
 * brackets, and what is not printable in octal.
 */
static void write_path(const char *path, bool is_directory, FILE *out)
{
	putc('"', out);
	for (; *path; path++) {
		unsigned char c = *path;

		if (c == PATH_ANY)
			putc('*', out);
		else if (strchr("*?[{}", c))
			fprintf(out, "[%c]", c);
		else if (strchr("\"\\]^,@", c) || c <= ' ' || c >= 0x7f)
			fprintf(out, strchr("\\", c) ? "\\\\%c" : "\\%03o", c);
		else
			putc(c, out);
	}
	fputs(is_directory ? "/\"" : "\"", out);
}

static bool is_directory(const struct path_use *u)
{
	return u->types & 1U << DIRECTORY && strcmp(u->path, "/");
}

enum {
	CHANGES = NAME_WRITE | NAME_CREATE | NAME_DELETE | NAME_TRUNCATE |
		NAME_CHANGE | NAME_RENAME | NAME_CONNECT,
};

/* What looking costs is nothing: apparmor(7) mediates no stat. */
static void write_use(const struct path_use *u, FILE *out)
{
	bool reads = u->access & (NAME_READ | NAME_LIST | NAME_EXECUTE |
				  NAME_MAP | NAME_CONNECT | NAME_RENAME);
	bool writes = u->access & CHANGES;

	if (!reads && !writes && !(u->access & NAME_LINK))
		return;
	fputs("  ", out);
	write_path(u->path, is_directory(u), out);
	putc(' ', out);
	if (u->access & (NAME_EXECUTE | NAME_MAP))
		putc('m', out);
	if (reads)
		putc('r', out);
	if (writes)
		putc('w', out);
	if (u->access & NAME_LINK)
		putc('l', out);
	/* Locks are no call of their own: of files that are written. */
	if (u->access & NAME_WRITE)
		putc('k', out);
	if (u->access & NAME_EXECUTE)
		fputs("ix", out);
	fputs(",\n", out);
}

static const char *type_name(uint64_t type)
{
	static const char *const names[] = {
		[1] = "stream", [2] = "dgram", [3] = "raw", [4] = "rdm",
		[5] = "seqpacket", [10] = "packet",
	};

	return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

/* "AF_INET" as "inet". */
static void write_family(const char *family, FILE *out)
{
	for (family += strlen("AF_"); *family; family++)
		putc(tolower((unsigned char)*family), out);
}

static bool is_repeated(const struct trace *t, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!detail_compare(t->arguments.at[i], t->arguments.at[at]))
			return true;
	return false;
}

static void write_network(const struct trace *t, FILE *out)
{
	char buf[SYSCALL_NAME_MAX];

	if (!args_knows(t, "socket")) {
		fputs("  network,\n", out);
		return;
	}
	for (size_t i = 0; i < t->arguments.n; i++) {
		struct argument_value v[ARGUMENT_VALUES_MAX];
		const struct call *fact = t->arguments.at[i];
		const char *family, *type;

		if (strncmp(syscall_label(fact->id, buf), "socket", 6) ||
		    argument_values(fact, v) < 2 || is_repeated(t, i))
			continue;
		family = family_name((uint32_t)v[0].value);
		type = type_name(v[1].value);
		if (!family || !type)
			continue;
		fputs("  network ", out);
		write_family(family, out);
		fprintf(out, " %s,\n", type);
	}
}

void write_apparmor(const struct emit *emit, FILE *out)
{
	struct path_uses *uses = paths_fold(emit->trace, emit->general);
	char *name = profile_name(emit->trace);

	write_head(emit, "# ", out);
	fprintf(out, "abi <abi/3.0>,\n\nprofile %s {\n"
		"  # Not recorded, and so not restricted:\n"
		"  capability,\n  signal,\n  ptrace,\n  unix,\n\n", name);
	write_network(emit->trace, out);
	putc('\n', out);
	for (size_t i = 0; i < uses->n; i++)
		write_use(&uses->at[i], out);
	fputs("}\n", out);
	free(name);
	paths_free(uses);
}
