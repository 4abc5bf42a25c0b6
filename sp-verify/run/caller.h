/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the caller of a system call: the executable, the process, and the place
 * in its code.
 */
#ifndef CALLER_H
#define CALLER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "process/listener.h"
#include "stream/trace.h"

/* the known callers, with the data that were read about them */
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
	/* The executable. NULL: unknown. */
	const struct executable *image;
	/* Texts as in struct place. NULL: unknown. */
	const char *place, *symbol;
	/* The functions that led to the place. NULL: unknown. */
	const struct chain *chain;
	pid_t pid;		/* the process; 0: unknown */
	/* The thread. 0: it is not in our PID namespace. */
	pid_t tid;
};

/*
 * Finds the caller of a call that waits for our answer. For each system call, a
 * limited number of places is read, and there is a limit for the time of slow
 * lookups: after that, new places are unknown. A known place is found again by
 * task, image and address: the addresses of an image change with each exec.
 * `callers` owns the strings.
 */
struct caller caller_find(struct callers *callers,
			  const struct listener *listener,
			  const struct seccomp_notif *notification);
/*
 * Returns the process of the caller, which it always looks up. 0: the process
 * is not in our PID namespace. -1: the caller no longer waits, so it does not
 * make the call.
 */
pid_t caller_process(const struct listener *listener,
		     const struct seccomp_notif *notification);
/* Returns a name of the executable for messages, which must be freed. */
char *caller_name(const struct caller *caller);
/*
 * Returns the executable of a process, without a place. If the process has
 * ended, it is the file `path`. NULL: neither exists.
 */
const struct executable *caller_image(struct callers *callers, pid_t pid,
				      const char *path);

#endif
