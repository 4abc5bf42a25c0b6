/* SPDX-License-Identifier: Apache-2.0 */
/* The systemctl(1) commands that are run for units while they are recorded. */
#ifndef JOB_H
#define JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jobs;

/* For --restart and --reload. */
struct jobs *jobs_new(void);
void jobs_free(struct jobs *j);
/*
 * Adds `systemctl VERB UNIT`. It will run `after_ns` after the end of the job
 * that was added before.
 */
void jobs_add(struct jobs *j, const char *verb, const char *unit,
	      uint64_t after_ns);

/* Starts the next job when it is due. */
void jobs_run(struct jobs *j, uint64_t now_ns);
/*
 * Returns a descriptor that can be read when the running job has ended, which
 * is when jobs_run() is due. -1: no job runs.
 */
int jobs_fd(const struct jobs *j);
/* Returns the time at which jobs_run() is due for another reason. 0: never. */
uint64_t jobs_due(const struct jobs *j);
/* Whether all jobs have ended. */
bool jobs_done(const struct jobs *j);
/* Whether a job has failed; this was printed. */
bool jobs_failed(const struct jobs *j);

/* Whether systemd says that the unit is stopped, or does not answer. */
bool unit_is_stopped(const char *unit);

#endif
