/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Properties of the kernel and of our namespaces on which the way of recording
 * depends.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>

/* For tests: whether SP_DEBUG has this value, which chooses programs. */
bool machine_has_debug(const char *value);
bool kernel_is_older_than(unsigned int major, unsigned int minor);
/*
 * Whether a raw tracepoint's program can be preempted, as since Linux 7.0.
 * While the program is preempted, the kernel skips it for other tasks on that
 * CPU. A trace event's program cannot be preempted, but costs half as much
 * again. SP_DEBUG=newer treats any kernel as one that does this.
 */
bool machine_can_preempt(void);
/* Whether we may attach to trace events. Usually only root can read tracefs. */
bool machine_has_trace_events(void);
/*
 * Whether our PID namespace is the initial one (PROC_PID_INIT_INO,
 * linux/proc_ns.h), whose ids the kernel side uses.
 */
bool machine_sees_pids(void);
/* Whether our time namespace is not the initial one. */
bool machine_has_own_clock(void);

#endif
