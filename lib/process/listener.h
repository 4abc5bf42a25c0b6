/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads a filter in a child that is about to execute a command, and takes the
 * descriptor from which notifications are read (seccomp_unotify(2)).
 */
#ifndef LISTENER_H
#define LISTENER_H

#include <signal.h>

#include "filter/filter.h"
#include "process/command.h"

struct listener;

/*
 * `filter` must live longer than the listener. Returns NULL if it printed and
 * latched an error.
 */
struct listener *listener_new(const struct filter *filter);
void listener_free(struct listener *l);

/* The hook for a command; its argument is the listener. */
int listener_hook(void *listener);

/* The guardian's answer to calls that are made after this process has ended. */
enum guardian_answer {
	GUARDIAN_CONTINUES,		/* all further calls continue */
	/* they fail with ENOSYS, as the kernel answers without a listener */
	GUARDIAN_FAILS,
};

/*
 * Call this after command_start(): waits for the hook, takes the descriptor,
 * and lets the child continue. It also returns true if the child failed before
 * it loaded the filter; listener_fd() is then -1. Returns false if it printed
 * and latched an error; the caller must kill the child.
 *
 * It starts a guardian first, a process that answers all further calls when we
 * end, for whatever reason. Without it, nobody would answer an execve of the
 * child, which has the listener open until then. The guardian ends with the
 * last task under the filter.
 */
bool listener_take(struct listener *l, const struct command_child *child,
		   enum guardian_answer answer);
/*
 * Returns the descriptor to poll, which the listener closes. -1: no filter was
 * loaded.
 */
int listener_fd(const struct listener *l);
/*
 * Whether the filter was loaded with no_new_privs, because the capability was
 * missing.
 */
bool listener_no_new_privs(const struct listener *l);

/*
 * Reads the next notification. Returns false if there is none, or its task is
 * gone.
 */
bool listener_receive(struct listener *l, struct seccomp_notif *notification);
/* Whether the task still waits for our answer. */
bool listener_is_valid(const struct listener *l, uint64_t id);
/*
 * Let the call continue, or make it fail with `error`. They return false if the
 * task is gone.
 */
bool listener_continue(const struct listener *l, uint64_t id);
bool listener_deny(const struct listener *l, uint64_t id, int error);

#endif
