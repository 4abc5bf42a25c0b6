/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recording of one container: a process of its own, away from the caller's
 * session, descriptors and cgroup, which starts sp-record on the container's
 * cgroup and puts the stream in its place when the container has ended.
 */
#ifndef ATTEND_H
#define ATTEND_H

#include "container-options.h"
#include "request.h"
#include "subject.h"

/*
 * Returns when the container is being recorded: NULL. Else why not, on the heap;
 * then nothing is left running.
 */
char *attend(const struct subject *s, const struct request *r,
	     const struct container_options *o);

#endif
