/* SPDX-License-Identifier: Apache-2.0 */
/* Recognizes a file by its content, for messages that refuse it. */
#ifndef KIND_H
#define KIND_H

#include <stddef.h>

enum file_kind {
	KIND_UNKNOWN,
	KIND_EMPTY,
	KIND_STREAM,
	KIND_PROFILE,		/* a seccomp profile in JSON */
	KIND_LANDLOCK,		/* a Landlock policy in JSON */
	KIND_UNIT,		/* a systemd unit, or a drop-in */
	KIND_LOG,		/* lines of the kernel's audit records */
	KIND_SOURCE,		/* C source */
	KIND_BINARY,		/* not text, and otherwise unknown */
	KIND_OTHER,		/* a known kind that these tools do not read */
};

struct kind {
	enum file_kind kind;
	const char *name;	/* "an ELF file"; NULL for KIND_UNKNOWN */
};

/* Judges by the first bytes of a file. More bytes make the result better. */
struct kind kind_of(const void *bytes, size_t n);

/*
 * Returns "an ELF file, not a Landlock policy", or "not a Landlock policy"; the
 * caller frees it.
 */
char *kind_refusal(const void *bytes, size_t n, const char *wanted);

#endif
