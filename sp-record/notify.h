/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --method=notify: records a command with a seccomp filter that notifies us of
 * each call (seccomp_unotify(2)). It is for systems where BPF programs may not
 * be loaded.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include "known.h"
#include "recording.h"
#include "stream/trace.h"

struct notify;

/* Returns NULL if it printed and latched an error. */
struct notify *notify_new(const struct known *known);
void notify_free(struct notify *n);

/* Does what recording_run() does. */
int notify_run(struct notify *n, struct recording *r,
	       const struct recording_options *options,
	       const struct command *command);
/*
 * Adds the recorded facts to the trace of notify_trace(), and the losses to the
 * record of its run.
 */
void notify_collect(struct notify *n, struct run *run);
/* The trace belongs to `n`, and has no run yet. */
struct trace *notify_trace(struct notify *n);
uint64_t notify_tasks(const struct notify *n);

#endif
