/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc says of a process, proc(5). */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A number of /proc/PID/status, "Tgid" or "PPid"; PID can be a thread. -1:
 * there is no such process or field.
 */
long process_status(pid_t pid, const char *field);

/*
 * Whether the process has a thread that has not ended: a zombie has none, and
 * one that /proc does not show may still be there for kill(2).
 */
bool process_lives(pid_t pid);

#endif
