/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of the kernel and of our namespaces that decide how we record. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>

bool kernel_is_older_than(unsigned int major, unsigned int minor);
/*
 * Whether the program of a raw tracepoint can be preempted, as it can from
 * Linux 7.0 on: meanwhile the kernel skips it for other tasks on that CPU. The
 * program of a trace event cannot be preempted, but costs half as much again.
 */
bool machine_can_preempt(void);
/* Whether we may attach to trace events: usually only root can read tracefs. */
bool machine_has_trace_events(void);
/*
 * Whether our PID namespace is the initial one (PROC_PID_INIT_INO,
 * linux/proc_ns.h), whose ids the kernel side uses.
 */
bool machine_sees_pids(void);
/* Whether our time namespace is not the initial one. */
bool machine_has_own_clock(void);

#endif
