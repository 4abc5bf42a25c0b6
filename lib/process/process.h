/* SPDX-License-Identifier: Apache-2.0 */
/* Reads /proc about a process: proc(5). */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Returns a number in /proc/PID/status, such as "Tgid" or "PPid". PID can be a
 * thread. Returns -1 if there is no such process or field.
 */
long process_status(pid_t pid, const char *field);

/*
 * Returns a number in /proc/PID/stat; an enum constant is its position after
 * the name and the state. PID can be a thread. Returns -1 if there is no such
 * process, or it may not be read.
 */
enum process_stat_field {
	STAT_PPID = 1,
	STAT_SESSION = 3,
	STAT_FLAGS = 6,		/* PF_*, linux/sched.h */
	/* clock ticks from boot to the process's start */
	STAT_START = 19,
	STAT_STACK = 25,	/* where its stack begins; 0: may not be read */
};
long process_stat(pid_t pid, enum process_stat_field field);

/*
 * Whether the process has a thread that has not ended. A zombie has none. If
 * /proc does not show the process, it can still exist for kill(2).
 */
bool process_lives(pid_t pid);

#endif
