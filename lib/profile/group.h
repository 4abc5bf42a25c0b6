/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The named groups of calls that a profile needs in addition to the observed
 * ones: one table, with the reason for each row.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/syscall.h"

enum group {
	GROUP_KERNEL,	/* the kernel makes it by itself */
	GROUP_START,	/* what loads the filter makes it, before the program */
	GROUP_VDSO,	/* made or not, depending on clock source and libc */
	/* made by a container runtime, between filter and exec */
	GROUP_RUNTIME,
	GROUP_TINI,	/* the first process of docker run --init */
	GROUP_CATATONIT,	/* that of podman run --init */
	GROUP_SH,	/* a shell that runs a health check, or an exec */
	GROUP_PORTABLE,	/* what another libc makes instead: portable.h */
	/* libc tries it first: ENOSYS rather than the default */
	GROUP_FALLBACK,
	GROUP_COUNT,
};

const char *group_name(enum group group);
/* Whether a profile has the group's calls only if they are asked for. */
bool group_is_optional(enum group group);

enum runtime {		/* bits */
	RUNTIME_RUNC = 1,
	RUNTIME_CRUN = 2,
	RUNTIME_BWRAP = 4,	/* bubblewrap */
	RUNTIME_FIREJAIL = 8,
	RUNTIME_SYSTEMD = 16,
	RUNTIME_LXC = 32,
	RUNTIME_HARDENED = 64,	/* systemd, with RestrictNamespaces= */
};

struct group_member {
	enum group group;
	const char *call;	/* a name, as libseccomp spells it */
	/* the only architecture that has it (libseccomp's name); NULL: any */
	const char *arch;
	/* GROUP_RUNTIME: which runtime makes the call */
	unsigned int runtimes;
	bool needs_new_privs;	/* GROUP_RUNTIME: not made with no_new_privs */
	const char *reason;	/* with its source, for --explain */
};

/* The table's rows, NULL after the last. */
const struct group_member *group_member_at(size_t i);

/* What decides which rows are chosen. */
struct group_choice {
	bool wanted[GROUP_COUNT];
	unsigned int runtimes;	/* RUNTIME_* */
	bool no_new_privs;
	/* of the workload; the groups start and runtime are for this one */
	const struct arch *native;
};

/*
 * The row by which `choice` adds the call, or NULL: the first row in the table
 * whose name the call has on its architecture.
 */
const struct group_member *group_find(const struct group_choice *choice,
				      enum group group, struct call_id id);

/*
 * Whether any group but the fallback one would add the call to a profile that
 * these runtimes load: such calls are marked by sp-diff.
 */
bool group_adds(struct call_id id, const struct arch *native,
		unsigned int runtimes);

/*
 * Whether the kernel may have made the call without the program asking for it.
 */
bool group_is_kernel(struct call_id id);

#endif
