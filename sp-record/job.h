/* SPDX-License-Identifier: Apache-2.0 */
/* The jobs that systemctl(1) is given for units while they are recorded. */
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
 * Run `systemctl VERB UNIT`, `after_ns` after the jobs that were added before.
 */
void jobs_add(struct jobs *j, const char *verb, const char *unit,
	      uint64_t after_ns);

/* Start the next job when it is due. */
void jobs_run(struct jobs *j, uint64_t now_ns);
/*
 * Readable when the running job has ended and jobs_run() is due; -1: none runs.
 */
int jobs_fd(const struct jobs *j);
/* When jobs_run() is due otherwise; 0: never. */
uint64_t jobs_due(const struct jobs *j);
/* Whether all have ended. */
bool jobs_done(const struct jobs *j);
/* Whether a job has failed, which was printed. */
bool jobs_failed(const struct jobs *j);

/* Whether systemd reports the unit as stopped, or cannot be asked. */
bool unit_is_stopped(const char *unit);

#endif
