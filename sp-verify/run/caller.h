/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds who made a call: the executable, the process, and the place in its
 * code.
 */
#ifndef CALLER_H
#define CALLER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "process/listener.h"
#include "stream/trace.h"

/* the known callers, and the data that were read about them */
struct callers;

struct chain;

struct callers *callers_new(void);
void callers_free(struct callers *callers);

struct executable {
	char *path;		/* as in /proc/PID/exe */
	uint8_t build_id[BUILD_ID_MAX];
	size_t build_id_size;	/* 0: none */
};

struct caller {
	/* its executable; NULL: unknown */
	const struct executable *image;
	/* as in struct place; NULL: unknown */
	const char *place, *symbol;
	/* the functions that led there; NULL: unknown */
	const struct chain *chain;
	pid_t pid;		/* the process; 0: unknown */
	/* the thread; 0: it is not in our PID namespace */
	pid_t tid;
};

/*
 * Finds the caller of a call that waits for our answer. A limited number of
 * places is read for each system call. A place that was read is found again by
 * task, image and address, because the same image has other addresses when it
 * is executed again. `callers` owns the strings.
 */
struct caller caller_find(struct callers *callers,
			  const struct listener *listener,
			  const struct seccomp_notif *notification);
/*
 * Returns the process of the caller, which is always looked up. 0: it is not in
 * our PID namespace. -1: it no longer waits, so that the call is not made.
 */
pid_t caller_process(const struct listener *listener,
		     const struct seccomp_notif *notification);
/*
 * Returns a name for its executable in messages, which the caller of this
 * function frees.
 */
char *caller_name(const struct caller *caller);
/*
 * Returns the executable of a process, without a place. If the process is gone,
 * it is the file `path`. NULL: neither exists.
 */
const struct executable *caller_image(struct callers *callers, pid_t pid,
				      const char *path);

#endif
