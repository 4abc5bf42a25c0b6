/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads a filter in a child that is about to execute a command, and takes over
 * the descriptor on which the kernel sends notifications (seccomp_unotify(2)).
 */
#ifndef LISTENER_H
#define LISTENER_H

#include <signal.h>

#include "filter/filter.h"
#include "process/command.h"

struct listener;

/* NULL: printed and latched. `filter` must outlive the listener. */
struct listener *listener_new(const struct filter *filter);
void listener_free(struct listener *l);

/* To be the hook of a command, with the listener as its argument. */
int listener_hook(void *listener);

/*
 * To be called after command_start(): wait for the hook, take the descriptor,
 * and let the child go on. Also true if the child failed before its filter was
 * loaded (listener_fd() is -1 then). False: printed and latched, and the child
 * must be killed.
 */
bool listener_take(struct listener *l, const struct command_child *child);
/* To poll; -1: no filter was loaded. It stays the listener's. */
int listener_fd(const struct listener *l);
/* Whether the filter was loaded with no_new_privs instead of a capability. */
bool listener_no_new_privs(const struct listener *l);

/* The next notification; false: there is none, or its task is gone. */
bool listener_receive(struct listener *l, struct seccomp_notif *notification);
/* Whether the task still waits for the answer. */
bool listener_is_valid(const struct listener *l, uint64_t id);
/* Let the call go on, or fail with `error`. False: the task is gone. */
bool listener_continue(const struct listener *l, uint64_t id);
bool listener_deny(const struct listener *l, uint64_t id, int error);

/*
 * Start a process that lets all further calls go on when we have ended, in
 * whatever way: the kernel would answer them with ENOSYS. It ends with the last
 * task under the filter. 0 or -errno.
 */
int listener_guard(struct listener *l);

#endif
