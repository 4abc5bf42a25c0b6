/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's audit records as text: as its netlink socket delivers them, and
 * as the logs of auditd, journald and the kernel have them.
 */
#ifndef AUDIT_RECORD_H
#define AUDIT_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kernel/syscall.h"

/*
 * The value of ` key=`: bare, quoted, or in hexadecimal if it has bytes that
 * cannot be quoted (audit_log_untrustedstring). Heap; NULL: there is no such
 * key.
 */
char *audit_value(const char *text, const char *key, bool untrusted);

/* A record of type SECCOMP (Linux, kernel/auditsc.c, audit_seccomp). */
struct audit_record {
	struct call_id id;
	uint32_t action;	/* SECCOMP_RET_* without its data */
	uint32_t pid;		/* in the initial PID namespace */
	uint64_t ip;		/* of the instruction after the call */
	char *exe;		/* heap; NULL: not known */
	uint64_t time_ns;	/* UTC, ns since the epoch; 0: not known */
};
void audit_record_free(struct audit_record *r);
/*
 * From "audit(…): auid=…" or the fields alone. Returns NULL, or what is wrong.
 */
const char *audit_record_read(const char *text, struct audit_record *r);

/* How a line got into its log; one record may get there in two ways. */
enum audit_way {
	AUDIT_BY_AUDITD,	/* type=SECCOMP msg=audit(…): */
	AUDIT_BY_PRINTK,	/* audit: type=1326 audit(…): */
	AUDIT_BY_JOURNALD,	/* audit[12]: SECCOMP */
	AUDIT_WAYS,
};

enum audit_line_kind {
	AUDIT_OTHER,		/* no audit record */
	AUDIT_RECORD,		/* record and way are set */
	/* a record that cannot be read; `problem` is set */
	AUDIT_GARBLED,
	AUDIT_LOST,		/* the line says that records are missing */
	/* the same, but only of records that came by printk */
	AUDIT_LOST_PRINTK,
};

struct audit_line {
	enum audit_line_kind kind;
	enum audit_way way;
	struct audit_record record;	/* the caller frees */
	const char *problem;		/* static */
	/* as far as a line can tell, the kernel or auditd wrote it */
	bool of_kernel;
};
/*
 * Parse a line of a log, in text or as a JSON object of journald's. Changes the
 * line.
 */
void audit_line_read(char *line, struct audit_line *l);

/* bytes; the kernel cuts records at 8970 */
enum { AUDIT_LINE_MAX = 64 << 10 };
/*
 * The next line of a file without its newline, cut to what the buffer holds
 * (`*cut`); a NUL in it becomes '\1'. False: there is none.
 */
bool audit_line_next(FILE *file, char buf[static AUDIT_LINE_MAX], bool *cut);

#endif
