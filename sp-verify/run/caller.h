/* SPDX-License-Identifier: Apache-2.0 */
/* Who made a call: the executable, the process, and the place in its code. */
#ifndef CALLER_H
#define CALLER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "run/listener.h"
#include "stream/trace.h"

struct callers;			/* those that are known, and what was read */

struct callers *callers_new(void);
void callers_free(struct callers *callers);

struct executable {
	char *path;		/* as /proc/PID/exe has it */
	uint8_t build_id[BUILD_ID_MAX];
	size_t build_id_size;	/* 0: none */
};

struct caller {
	const struct executable *image;	/* NULL: not known */
	const char *place, *symbol;	/* as struct place; NULL: not known */
	pid_t pid;		/* the process; 0: not known */
	pid_t tid;		/* 0: not in our PID namespace */
};

/*
 * Of a call that waits for our answer. How often a place is read is bounded
 * for each system call, and a place that was read is known by task, image and
 * address: the same image has it elsewhere when it is executed anew. The
 * caller's strings are the callers'.
 */
struct caller caller_find(struct callers *callers,
			  const struct listener *listener,
			  const struct seccomp_notif *notification);
/*
 * Its process, looked up in any case. 0: not in our PID namespace; -1: it does
 * not wait any more, and the call is not made.
 */
pid_t caller_process(const struct listener *listener,
		     const struct seccomp_notif *notification);
/* Its executable for a message, or what there is; heap. */
char *caller_name(const struct caller *caller);
/*
 * The executable of a process, without the place; where that is gone, of the
 * file `path`. NULL: neither is there.
 */
const struct executable *caller_image(struct callers *callers, pid_t pid,
				      const char *path);

#endif
