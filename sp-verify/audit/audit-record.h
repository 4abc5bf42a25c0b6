/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Audit records of the kernel as text: as its netlink socket delivers them, and
 * as the logs of auditd, journald and the kernel contain them.
 */
#ifndef AUDIT_RECORD_H
#define AUDIT_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kernel/syscall.h"

/*
 * Returns the value of ` key=`, which the caller frees, or NULL if there is no
 * such key. The kernel writes the value bare, in quotes, or, if it has bytes
 * that cannot be in quotes, in hexadecimal (audit_log_untrustedstring).
 */
char *audit_value(const char *text, const char *key, bool untrusted);

/* A record of type SECCOMP (Linux, kernel/auditsc.c, audit_seccomp). */
struct audit_record {
	struct call_id id;
	uint32_t action;	/* SECCOMP_RET_* without the data */
	uint32_t pid;		/* in the initial PID namespace */
	uint64_t ip;		/* address of the instruction after the call */
	char *exe;		/* to be freed; NULL: unknown */
	uint64_t time_ns;	/* UTC, in ns since 1970; 0: unknown */
};
void audit_record_free(struct audit_record *r);
/*
 * Reads a record from "audit(…): auid=…", or from the fields alone. Returns
 * NULL, or a text about the error.
 */
const char *audit_record_read(const char *text, struct audit_record *r);

/* The way by which a record got into its log. It can get there in two ways. */
enum audit_way {
	AUDIT_BY_AUDITD,	/* type=SECCOMP msg=audit(…): */
	AUDIT_BY_PRINTK,	/* audit: type=1326 audit(…): */
	AUDIT_BY_JOURNALD,	/* audit[12]: SECCOMP */
	AUDIT_WAYS,
};

enum audit_line_kind {
	AUDIT_OTHER,		/* not an audit record */
	AUDIT_RECORD,		/* a record; `record` and `way` are set */
	/* a malformed record; `problem` is set */
	AUDIT_GARBLED,
	AUDIT_LOST,		/* a line that reports missing records */
	/* The same, but only for records of AUDIT_BY_PRINTK. */
	AUDIT_LOST_PRINTK,
};

struct audit_line {
	enum audit_line_kind kind;
	enum audit_way way;
	struct audit_record record;	/* to be freed */
	const char *problem;		/* static */
	/* Whether the kernel or auditd wrote it, as far as the line shows. */
	bool of_kernel;
};
/*
 * Parses a line of a log: text, or a JSON object of journald. Changes the line.
 */
void audit_line_read(char *line, struct audit_line *l);

/* The size in bytes; the kernel truncates records at 8970. */
enum { AUDIT_LINE_MAX = 64 << 10 };
/*
 * Reads the next line of a file, without its newline. A line that is too long
 * for the buffer is truncated (`*cut`). A NUL becomes '\1'. Returns false at
 * the end.
 */
bool audit_line_next(FILE *file, char buf[static AUDIT_LINE_MAX], bool *cut);

#endif
