/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a name that a call was given can be believed. When the kernel looked,
 * the call's memory, the links on the way and the directories may have differed
 * from what we see. Runs in a child process (file-child.h), since a file system
 * may never answer.
 */
#ifndef NAME_CHECK_H
#define NAME_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/path.h"

enum name_check_flag {
	CHECK_FOLLOW = 1,	/* the call follows a link in the last place */
	/*
	 * the name is below another root, where links and ".." lead elsewhere
	 */
	CHECK_NO_LINKS = 2,
	CHECK_ENTRY = 4,	/* the call changed the name's directory … */
	CHECK_OBJECT = 8,	/* … or the object itself */
	CHECK_READ = 16,	/* … or reads, writes, executes it */
	CHECK_WRITE = 32,
	CHECK_EXECUTE = 64,
};

struct name_question {
	uint64_t started_ns;	/* CLOCK_REALTIME: the recording's start */
	uint64_t ended_ns;	/* CLOCK_REALTIME: the call's end */
	uint32_t flags;
	uint32_t uid, gid;	/* of the caller */
	char path[PATH_FACT_MAX + 1];
};

enum name_verdict {
	NAME_WALKED = 1,	/* `path` is the name without links and ".." */
	/*
	 * each link and ".." on the way, if any, was the same when the
	 * recording started
	 */
	NAME_SETTLED = 2,
	/* what the call changes was changed as late as the call */
	NAME_CHANGED = 4,
	NAME_TIMELESS = 8,	/* its file system keeps no usable times */
	NAME_PERMITTED = 16,	/* owners and modes permit the call */
};

struct name_answer {
	uint32_t verdict;
	uint32_t type;		/* S_IFMT bits / 0o10000; 0: not known */
	char path[PATH_FACT_MAX + 1];
};

/* A file_child_work; a question and an answer end with the path's NUL. */
size_t name_check(void *unused, const void *question, size_t size,
		  void *answer);

#endif
