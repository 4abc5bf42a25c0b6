/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The named groups of calls that a profile needs besides the observed ones. One
 * table lists them, with the reason for each call.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/syscall.h"

enum group {
	GROUP_KERNEL,	/* the kernel makes the call by itself */
	/* the program that loads the filter starts the command with it */
	GROUP_START,
	/* the clock source and libc decide whether it is made */
	GROUP_VDSO,
	/* timing decides whether a thread makes it: thread-calls.h */
	GROUP_THREADS,
	/* a container runtime makes it after loading the filter */
	GROUP_RUNTIME,
	/* made by tini, the first process of docker run --init */
	GROUP_TINI,
	/* made by the first process of podman run --init */
	GROUP_CATATONIT,
	/* made by a shell that runs a health check, or an exec */
	GROUP_SH,
	/* another libc makes it in place of a recorded call: portable.h */
	GROUP_PORTABLE,
	/* libc tries it first: answer ENOSYS instead of the default */
	GROUP_FALLBACK,
	GROUP_COUNT,
};

const char *group_name(enum group group);
/* Whether the group is added only if the user asks for it. */
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

/* Programs with threads; thread-calls.c recognizes them by their calls. */
enum threaded {
	THREADED_ANY,
	THREADED_GLIBC,
	THREADED_GLIBC_IDS,	/* with glibc, and changes its ids */
	THREADED_MUSL,
	THREADED_GO,		/* linked without C */
};

struct group_member {
	enum group group;
	const char *call;	/* a name, as libseccomp spells it */
	/*
	 * the only architecture that has it (libseccomp's name); NULL: all have
	 * it
	 */
	const char *arch;
	/* GROUP_RUNTIME: which runtime makes the call */
	unsigned int runtimes;
	/* GROUP_RUNTIME: no runtime makes it under no_new_privs */
	bool needs_new_privs;
	const char *reason;	/* for --explain, with the source */
	enum threaded programs;	/* GROUP_THREADS: which ones make the call */
};

/* Returns the rows of the table; NULL after the last. */
const struct group_member *group_member_at(size_t i);

/* A call that GROUP_THREADS adds, and the row with the reason. */
struct thread_call {
	struct call_id id;
	const struct group_member *member;
};

/* The choices that decide which rows are used. */
struct group_choice {
	bool wanted[GROUP_COUNT];
	unsigned int runtimes;	/* RUNTIME_* */
	bool no_new_privs;
	/*
	 * The workload's architecture: only it gets the calls of the groups
	 * start and runtime.
	 */
	const struct arch *native;
	/* the result of thread_calls() */
	const struct thread_call *threads;
	size_t n_threads;
};

/*
 * Returns the row with which `choice` adds the call, or NULL. It is the first
 * row in the table whose name means this call on its architecture.
 */
const struct group_member *group_find(const struct group_choice *choice,
				      enum group group, struct call_id id);

/*
 * Whether a group other than the fallback would add the call to a profile of the
 * trace that these runtimes load. sp-diff marks such calls. `choice` has the
 * members that depend on the trace and the runtimes; `wanted` is not read.
 */
bool group_adds(const struct group_choice *choice, struct call_id id);

/* Whether the kernel could have made the call by itself. */
bool group_is_kernel(struct call_id id);

#endif
