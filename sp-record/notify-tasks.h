/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With --method=notify: the tasks that make calls, and the executables that they
 * run, from /proc.
 */
#ifndef NOTIFY_TASKS_H
#define NOTIFY_TASKS_H

#include "process/listener.h"
#include "stream/trace.h"

struct notify_tasks;

/* Images, and how they were used, are added to the first run of the trace. */
struct notify_tasks *notify_tasks_new(struct trace *trace);
void notify_tasks_free(struct notify_tasks *tasks);

/*
 * The image of the task that waits for an answer; false: it does not wait any
 * more.
 */
bool notify_image(struct notify_tasks *tasks, const struct listener *listener,
		  const struct seccomp_notif *n, uint64_t since_ns,
		  uint32_t *image);
/* The image of the command, which has just been executed. */
uint32_t notify_first_image(struct notify_tasks *tasks, pid_t pid);
/* The task is about to execute a program. */
void notify_will_exec(struct notify_tasks *tasks, pid_t tid);
/* The task is about to end. */
void notify_will_exit(struct notify_tasks *tasks, pid_t tid);

/* Readable when a process has ended; -1: there is none. */
int notify_tasks_fd(const struct notify_tasks *tasks);
/* Take the processes that have ended. */
void notify_tasks_reap(struct notify_tasks *tasks);

uint64_t notify_task_count(const struct notify_tasks *tasks);
/* Processes whose executable cannot be read. */
uint64_t notify_images_lost(const struct notify_tasks *tasks);
/* Whether a program was executed that gives privileges. */
bool notify_saw_privileged(const struct notify_tasks *tasks);

#endif
