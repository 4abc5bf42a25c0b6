/* SPDX-License-Identifier: Apache-2.0 */
/* The purpose of each system call: its subject, and half a line of text. */
#ifndef PURPOSE_H
#define PURPOSE_H

#include "kernel/syscall.h"

enum subject {
	SUBJECT_FILES, SUBJECT_DIRECTORIES, SUBJECT_METADATA, SUBJECT_MEMORY,
	SUBJECT_PROCESSES, SUBJECT_IDENTITY, SUBJECT_SIGNALS, SUBJECT_THREADS,
	SUBJECT_TIME, SUBJECT_EVENTS, SUBJECT_SOCKETS, SUBJECT_IPC,
	SUBJECT_LIMITS, SUBJECT_SYSTEM, SUBJECT_MOUNTS, SUBJECT_SECURITY,
	SUBJECT_ASYNC, SUBJECT_KERNEL, SUBJECT_OLD, SUBJECT_UNKNOWN,
	SUBJECTS
};

struct purpose {
	enum subject subject;
	const char *text;	/* "read from a descriptor" */
};

/* A call without a name has SUBJECT_UNKNOWN; never returns NULL. */
const struct purpose *purpose_of(struct call_id id);
/* Returns "files", "memory" … */
const char *subject_name(enum subject subject);

#endif
