/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's audit records as text: as its netlink socket has them, and as
 * they stand in the logs of auditd, of journald and of the kernel.
 */
#ifndef AUDIT_RECORD_H
#define AUDIT_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kernel/syscall.h"

/*
 * The value of ` key=`: bare, quoted, or in hexadecimal where it has bytes that
 * could not be quoted (audit_log_untrustedstring). Heap; NULL: not there.
 */
char *audit_value(const char *text, const char *key, bool untrusted);

/* One of type SECCOMP (Linux, kernel/auditsc.c, audit_seccomp). */
struct audit_record {
	struct call_id id;
	uint32_t action;	/* SECCOMP_RET_* without its data */
	uint32_t pid;		/* in the initial PID namespace */
	uint64_t ip;		/* of the instruction behind the call */
	char *exe;		/* heap; NULL: not known */
	uint64_t time_ns;	/* UTC, ns since the epoch; 0: not known */
};
void audit_record_free(struct audit_record *r);
/* From "audit(…): auid=…" or the fields alone. NULL, or what is wrong. */
const char *audit_record_read(const char *text, struct audit_record *r);

/* How a line has come to its log; the same record may have come by two. */
enum audit_way {
	AUDIT_BY_AUDITD,	/* type=SECCOMP msg=audit(…): */
	AUDIT_BY_PRINTK,	/* audit: type=1326 audit(…): */
	AUDIT_BY_JOURNALD,	/* audit[12]: SECCOMP */
	AUDIT_WAYS,
};

enum audit_line_kind {
	AUDIT_OTHER,		/* nothing of ours */
	AUDIT_RECORD,		/* record and way are set */
	AUDIT_GARBLED,		/* a record that cannot be read: problem */
	AUDIT_LOST,		/* records are missing, says the line */
	AUDIT_LOST_PRINTK,	/* the same, of those by printk alone */
};

struct audit_line {
	enum audit_line_kind kind;
	enum audit_way way;
	struct audit_record record;	/* the caller frees */
	const char *problem;		/* static */
	bool of_kernel;			/* it is the kernel's or the audit's,
					   as far as a line can say */
};
/* Of a log, in text or as a JSON object of journald's. Changes the line. */
void audit_line_read(char *line, struct audit_line *l);

enum { AUDIT_LINE_MAX = 64 << 10 };	/* bytes; the kernel's end at 8970 */
/*
 * The next line of a file without its end, cut to what the buffer holds
 * (`*cut`); a NUL in it becomes '\1'. False: there is none.
 */
bool audit_line_next(FILE *file, char buf[static AUDIT_LINE_MAX], bool *cut);

#endif
