/* SPDX-License-Identifier: Apache-2.0 */
/* With --method=notify: counts calls and the values of their arguments. */
#ifndef NOTIFY_CALLS_H
#define NOTIFY_CALLS_H

#include <linux/seccomp.h>

#include "stream/trace.h"

struct notify_calls;

/* What the recording must do because of a call. */
enum notify_role { ROLE_NONE, ROLE_EXECUTES, ROLE_ENDS, ROLE_LOADS };

struct notify_calls *notify_calls_new(void);
void notify_calls_free(struct notify_calls *calls);

/* Counts a call. `image` is an index in the trace. */
enum notify_role notify_call(struct notify_calls *calls, uint32_t image,
			     const struct seccomp_data *data,
			     uint64_t since_ns);
/* Counts the execve that starts the command, at time 0. */
void notify_call_start(struct notify_calls *calls, uint32_t image,
		       const struct seccomp_data *data);
/* Whether a call of io_uring was made. */
bool notify_calls_io_uring(const struct notify_calls *calls);
/* Adds everything to the first run of the trace. */
void notify_calls_collect(const struct notify_calls *calls,
			  struct trace *trace);

#endif
