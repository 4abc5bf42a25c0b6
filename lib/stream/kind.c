/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/kind.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

struct mark {
	const char *bytes;
	size_t n;
	struct kind kind;
};
#define MARK(bytes, kind, name) { bytes, sizeof(bytes) - 1, { kind, name } }

/* The bytes at the beginning of a file, after any white space. */
static const struct mark beginnings[] = {
	/* sp-stream(5): [0, "sandprint", …] */
	MARK("\x93\x00\xa9sandprint", KIND_STREAM, "a sandprint stream"),
	MARK("\x7f" "ELF", KIND_OTHER, "an ELF file"),
	MARK("\x1f\x8b", KIND_OTHER, "a gzip file"),
	MARK("\x28\xb5\x2f\xfd", KIND_OTHER, "a zstd file"),
	MARK("\xfd" "7zXZ", KIND_OTHER, "an xz file"),
	MARK("BZh", KIND_OTHER, "a bzip2 file"),
	MARK("PK\x03\x04", KIND_OTHER, "a zip file"),
	MARK("\x89PNG", KIND_OTHER, "a PNG image"),
	MARK("%PDF-", KIND_OTHER, "a PDF file"),
	MARK("#!", KIND_OTHER, "a script"),
	MARK("#include <tunables/", KIND_OTHER, "an AppArmor profile"),
	MARK("abi <abi/", KIND_OTHER, "an AppArmor profile"),
	MARK("#include <", KIND_SOURCE, "C source"),
	MARK("/*", KIND_SOURCE, "C source"),
	MARK("//", KIND_SOURCE, "C source"),
	MARK("[Unit]", KIND_UNIT, "a systemd unit"),
	MARK("[Service]", KIND_UNIT, "a systemd unit"),
	MARK("type=", KIND_LOG, "an audit log"),
	MARK("<?xml", KIND_OTHER, "an XML file"),
	MARK("<!DOCTYPE html", KIND_OTHER, "an HTML file"),
};

/*
 * Members that identify a JSON text. The first row that the text contains
 * decides.
 */
static const struct mark members[] = {
	MARK("\"ociVersion\"", KIND_PROFILE, "an OCI config.json"),
	MARK("\"ruleset\"", KIND_LANDLOCK, "a Landlock policy"),
	MARK("\"defaultAction\"", KIND_PROFILE, "a seccomp profile"),
	MARK("\"runs\"", KIND_OTHER, "output of sp-emit --json"),
};

static const struct mark *begins(const char *s, size_t n)
{
	for (size_t i = 0; i < N_ELEMENTS(beginnings); i++)
		if (n >= beginnings[i].n &&
		    !memcmp(s, beginnings[i].bytes, beginnings[i].n))
			return &beginnings[i];
	return NULL;
}

static struct kind kind_of_json(const char *s, size_t n)
{
	for (size_t i = 0; i < N_ELEMENTS(members); i++)
		if (memmem(s, n, members[i].bytes, members[i].n))
			return members[i].kind;
	return (struct kind){ KIND_UNKNOWN, NULL };
}

/* Skips comments, which may precede the first section of a unit. */
static size_t skip_comments(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && (s[i] == '#' || s[i] == ';' ||
			 isspace((unsigned char)s[i]))) {
		const char *end = memchr(s + i, '\n', n - i);

		if (isspace((unsigned char)s[i]))
			i++;
		else
			i = end ? (size_t)(end - s) : n;
	}
	return i;
}

struct kind kind_of(const void *bytes, size_t n)
{
	const char *s = bytes;
	size_t blank = 0, comments;
	const struct mark *mark;

	while (blank < n && isspace((unsigned char)s[blank]))
		blank++;
	if (blank == n)
		return (struct kind){ KIND_EMPTY, "empty" };
	s += blank;
	n -= blank;
	comments = skip_comments(s, n);
	mark = begins(s, n);
	if (!mark)
		mark = begins(s + comments, n - comments);
	if (mark)
		return mark->kind;
	if (*s == '{')
		return kind_of_json(s, n);
	if (memmem(s, n, "audit(", strlen("audit(")))
		return (struct kind){ KIND_LOG, "a kernel log" };
	if (memchr(s, '\0', n))
		return (struct kind){ KIND_BINARY, "binary data" };
	return (struct kind){ KIND_UNKNOWN, NULL };
}

char *kind_refusal(const void *bytes, size_t n, const char *wanted)
{
	struct kind kind = kind_of(bytes, n);

	if (kind.kind == KIND_EMPTY)
		return xstrdup("empty");
	return kind.name ? xasprintf("%s, not %s", kind.name, wanted) :
		xasprintf("not %s", wanted);
}
