/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The group `threads`: calls that a program with threads makes or does not make,
 * depending on timing alone. A thread calls futex, for example, only if it has to
 * wait. One recording can lack such calls, so a profile gets them if an
 * executable was seen to run in several threads.
 */
#ifndef THREAD_CALLS_H
#define THREAD_CALLS_H

#include <stddef.h>

#include "profile/group.h"
#include "stream/trace.h"

/*
 * Returns the calls of the group that the trace's programs need, each with the
 * first row that adds it; the caller frees them. `n` is their number.
 */
struct thread_call *thread_calls(const struct trace *t, size_t *n);

#endif
