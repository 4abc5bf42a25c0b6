/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With --method=notify: finds the tasks that make calls, and their executables,
 * in /proc.
 */
#ifndef NOTIFY_TASKS_H
#define NOTIFY_TASKS_H

#include "process/listener.h"
#include "stream/trace.h"

struct notify_tasks;

/* Adds images, and how they were used, to the first run of the trace. */
struct notify_tasks *notify_tasks_new(struct trace *trace);
void notify_tasks_free(struct notify_tasks *tasks);

/*
 * Finds the image of the task that waits for an answer. Returns false if the
 * task no longer waits.
 */
bool notify_image(struct notify_tasks *tasks, const struct listener *listener,
		  const struct seccomp_notif *n, uint64_t since_ns,
		  uint32_t *image);
/* Returns the image of the command, which has just been executed. */
uint32_t notify_first_image(struct notify_tasks *tasks, pid_t pid);
/* Call this when the task is about to execute a program. */
void notify_will_exec(struct notify_tasks *tasks, pid_t tid);
/* Call this when the task is about to end. */
void notify_will_exit(struct notify_tasks *tasks, pid_t tid);

/* Returns a descriptor that can be read when a process has ended; -1: none. */
int notify_tasks_fd(const struct notify_tasks *tasks);
/* Handles the processes that have ended. */
void notify_tasks_reap(struct notify_tasks *tasks);

uint64_t notify_task_count(const struct notify_tasks *tasks);
/* Returns the number of processes whose executable could not be read. */
uint64_t notify_images_lost(const struct notify_tasks *tasks);
/* Whether a program that gives privileges was executed. */
bool notify_saw_privileged(const struct notify_tasks *tasks);

#endif
