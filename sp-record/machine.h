/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of the kernel and of our namespaces that decide how we record. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>

/* For tests: whether SP_DEBUG has this value. */
bool machine_has_debug(const char *value);
bool kernel_is_older_than(unsigned int major, unsigned int minor);
/*
 * Whether programs at raw tracepoints can be preempted, as since Linux 7.0.
 * While such a program is preempted, the kernel skips it for other tasks on the
 * CPU. Programs at trace events cannot be preempted, but take half as long
 * again. SP_DEBUG=newer makes this true on any kernel.
 */
bool machine_can_preempt(void);
/*
 * Whether we may attach to trace events. Usually, only root can read tracefs.
 */
bool machine_has_trace_events(void);
/*
 * Whether our PID namespace is the initial one (PROC_PID_INIT_INO,
 * linux/proc_ns.h). The kernel side uses ids of the initial one.
 */
bool machine_sees_pids(void);
/* Whether our time namespace is another one than the initial one. */
bool machine_has_own_clock(void);

#endif
