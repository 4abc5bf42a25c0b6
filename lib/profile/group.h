/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The named groups of calls that a profile needs beyond what was observed:
 * one table, with the reason for each row.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/syscall.h"

enum group {
	GROUP_KERNEL,	/* entered without the program's asking */
	GROUP_START,	/* made before the program, by what loads the filter */
	GROUP_VDSO,	/* a call or not, depending on clock source and libc */
	GROUP_RUNTIME,	/* a container runtime's own, between filter and exec */
	GROUP_TINI,	/* the first process of docker run --init */
	GROUP_CATATONIT,	/* that of podman run --init */
	GROUP_SH,	/* a shell that runs a health check, or an exec */
	GROUP_PORTABLE,	/* what another libc makes instead: portable.h */
	GROUP_FALLBACK,	/* probed by libc: ENOSYS rather than the default */
	GROUP_COUNT,
};

const char *group_name(enum group group);
/* Whether a profile has the group's calls only when that is asked for. */
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
	const char *arch;	/* only on this one (libseccomp's name); NULL: any */
	unsigned int runtimes;	/* GROUP_RUNTIME: who makes the call */
	bool needs_new_privs;	/* GROUP_RUNTIME: not made with no_new_privs */
	const char *reason;	/* with its source, for --explain */
};

/* The table's rows, NULL after the last. */
const struct group_member *group_member_at(size_t i);

/* What the rows are chosen by. */
struct group_choice {
	bool wanted[GROUP_COUNT];
	unsigned int runtimes;	/* RUNTIME_* */
	bool no_new_privs;
	const struct arch *native;	/* of the workload: the start and runtime groups are its */
};

/*
 * The row by which `choice` adds the call, or NULL: the first in the table's
 * order whose name the call has on its architecture.
 */
const struct group_member *group_find(const struct group_choice *choice,
				      enum group group, struct call_id id);

/*
 * Whether any group but the fallback one would add the call to a profile that
 * these runtimes load: what sp-diff marks.
 */
bool group_adds(struct call_id id, const struct arch *native,
		unsigned int runtimes);

/* Whether the kernel may have made the call without the program's asking. */
bool group_is_kernel(struct call_id id);

#endif
