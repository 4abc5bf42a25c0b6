/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and numbers of system calls and architectures. A call is an audit
 * architecture and a number, as in struct seccomp_data (seccomp(2)). Names
 * exist only where something is printed or parsed.
 */
#ifndef SYSCALL_H
#define SYSCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The identity of a call. x32 calls are AUDIT_ARCH_X86_64 with bit 30 set. */
struct call_id {
	uint32_t arch;		/* AUDIT_ARCH_* (linux/audit.h) */
	int32_t nr;
};

/* Orders by architecture, then number; for qsort(3) and comparisons. */
int call_id_compare(const struct call_id *a, const struct call_id *b);

struct arch {
	const char *name;	/* as libseccomp spells it: x86_64, x86, x32 … */
	uint32_t audit;		/* AUDIT_ARCH_*; x32 shares x86_64's */
	uint32_t scmp;		/* SCMP_ARCH_* (seccomp.h) */
	const char *oci;	/* "SCMP_ARCH_X86_64", the OCI runtime-spec */
	const char *systemd;	/* "x86-64", systemd.exec(5) */
};

/* Returns the architecture of a call, or NULL if the table lacks it. */
const struct arch *arch_of_call(struct call_id id);
const struct arch *arch_by_name(const char *name);	/* libseccomp's name */
const struct arch *arch_by_oci(const char *name);
/* Returns the architecture that this tool was built for. */
const struct arch *arch_native(void);
enum { ARCH_NAME_MAX = 16 };
/*
 * Returns the name of the call's architecture, or a number such as
 * "0xc000003e". `buf` holds the text if needed.
 */
const char *arch_label(struct call_id id, char buf[ARCH_NAME_MAX]);
/* Whether a machine with the architecture `native` runs programs of `arch`. */
bool arch_is_local(const struct arch *arch, const struct arch *native);
/*
 * Whether filters compare all 64 bits of an argument on this architecture,
 * rather than 32 (libseccomp).
 */
bool arch_is_wide(const struct arch *arch);
/* Returns the architectures in the table's order; NULL after the last. */
const struct arch *arch_at(size_t i);

enum { SYSCALL_NAME_MAX = 64 };

/* Returns the name of a call, or NULL if no name is known. `buf` holds it. */
const char *syscall_name(struct call_id id, char buf[SYSCALL_NAME_MAX]);
/*
 * Does the same, but returns "syscall_N" for a call without a name: only for
 * people.
 */
const char *syscall_label(struct call_id id, char buf[SYSCALL_NAME_MAX]);

/*
 * Finds the call that `name` means on `arch`. Returns 0, -ENOENT if the name is
 * known but this architecture lacks the call, or -EINVAL if the name is
 * unknown.
 */
int syscall_number(const struct arch *arch, const char *name,
		   struct call_id *id);

/* Whether the installed libseccomp has a name for the call. */
bool syscall_in_library(struct call_id id);
/*
 * For a call that has a name, but not in the installed libseccomp: the first
 * libseccomp release that knows it, "2.6.0". NULL: no release knows it yet.
 */
const char *syscall_since(struct call_id id);
/*
 * Returns the Linux release that introduced the call, "6.6". NULL: 6.1 already
 * has it.
 */
const char *syscall_linux(struct call_id id);

#endif
