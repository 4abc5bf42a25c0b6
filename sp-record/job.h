/* SPDX-License-Identifier: Apache-2.0 */
/* What systemctl(1) is asked to do with units while they are recorded. */
#ifndef JOB_H
#define JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jobs;

/* For --restart and --reload. */
struct jobs *jobs_new(void);
void jobs_free(struct jobs *j);
/* Have `systemctl VERB UNIT` run `after_ns` after those that were added before. */
void jobs_add(struct jobs *j, const char *verb, const char *unit,
	      uint64_t after_ns);

/* Start the next job when it is due. */
void jobs_run(struct jobs *j, uint64_t now_ns);
/* Readable when the one that runs has ended, and jobs_run() is due; -1: none. */
int jobs_fd(const struct jobs *j);
/* When jobs_run() is due besides; 0: not. */
uint64_t jobs_due(const struct jobs *j);
/* Whether all have ended. */
bool jobs_done(const struct jobs *j);
/* Whether one of them has failed, which was printed. */
bool jobs_failed(const struct jobs *j);

/* Whether systemd says that the unit is stopped, or cannot be asked. */
bool unit_is_stopped(const char *unit);

#endif
