/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks whether the name in a call can be trusted. When the kernel used the
 * name, the memory that holds it, links and directories may have been
 * different. This runs in a child process (file-child.h), because a file system
 * may never answer.
 */
#ifndef NAME_CHECK_H
#define NAME_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/path.h"

enum name_check_flag {
	/* The call follows a link in the last component. */
	CHECK_FOLLOW = 1,
	/*
	 * The name is below another root, where links and ".." have other
	 * targets.
	 */
	CHECK_NO_LINKS = 2,
	CHECK_ENTRY = 4,	/* the call changed the directory of the name */
	CHECK_OBJECT = 8,	/* the call changed the object itself */
	CHECK_READ = 16,	/* the call read, wrote or executed it */
	CHECK_WRITE = 32,
	CHECK_EXECUTE = 64,
};

struct name_question {
	uint64_t started_ns;	/* start of the recording, CLOCK_REALTIME */
	uint64_t ended_ns;	/* end of the call, CLOCK_REALTIME */
	uint32_t flags;
	uint32_t uid, gid;	/* of the caller */
	char path[PATH_FACT_MAX + 1];
};

enum name_verdict {
	NAME_WALKED = 1,	/* `path` is the name without links and ".." */
	/* All links and ".." in the name existed when the recording started. */
	NAME_SETTLED = 2,
	/*
	 * The object that the call changes has a time no earlier than the call.
	 */
	NAME_CHANGED = 4,
	NAME_TIMELESS = 8,	/* the file system keeps no usable times */
	NAME_PERMITTED = 16,	/* owners and modes permit the call */
};

struct name_answer {
	uint32_t verdict;
	uint32_t type;		/* S_IFMT bits / 0o10000; 0: unknown */
	char path[PATH_FACT_MAX + 1];
};

/*
 * A file_child_work. The question and the answer end with the NUL of the path.
 */
size_t name_check(void *unused, const void *question, size_t size,
		  void *answer);

#endif
