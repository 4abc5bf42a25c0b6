/* SPDX-License-Identifier: Apache-2.0 */
/* Who made a call: the executable, the process, and the place in its code. */
#ifndef CALLER_H
#define CALLER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "process/listener.h"
#include "stream/trace.h"

/* the callers that are known, and what was read of them */
struct callers;

struct chain;

struct callers *callers_new(void);
void callers_free(struct callers *callers);

struct executable {
	char *path;		/* as /proc/PID/exe has it */
	uint8_t build_id[BUILD_ID_MAX];
	size_t build_id_size;	/* 0: none */
};

struct caller {
	/* path of the executable; NULL: not known */
	const struct executable *image;
	/* as struct place has it; NULL: not known */
	const char *place, *symbol;
	/* The functions that led there; NULL: not known. */
	const struct chain *chain;
	pid_t pid;		/* the process; 0: not known */
	pid_t tid;		/* 0: not in our PID namespace */
};

/*
 * The caller of a call that waits for our answer. For each system call only so
 * many places are read. A place that was read is known by task, image and
 * address, since the same image has other addresses when it is executed again.
 * `callers` owns the strings.
 */
struct caller caller_find(struct callers *callers,
			  const struct listener *listener,
			  const struct seccomp_notif *notification);
/*
 * The caller's process, looked up in any case. 0: not in our PID namespace; -1:
 * it does not wait any more, and the call is not made.
 */
pid_t caller_process(const struct listener *listener,
		     const struct seccomp_notif *notification);
/* Its executable, or what is known of it, for a message; heap. */
char *caller_name(const struct caller *caller);
/*
 * The executable of a process, without the place; if the process is gone, of
 * the file `path`. NULL: neither exists.
 */
const struct executable *caller_image(struct callers *callers, pid_t pid,
				      const char *path);

#endif
