/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recording of one container: a separate process, detached from the
 * caller's session, descriptors and cgroup. It starts sp-record on the
 * container's cgroup, and moves the stream to its place when the container has
 * ended.
 */
#ifndef ATTEND_H
#define ATTEND_H

#include "container-options.h"
#include "request.h"
#include "subject.h"

/*
 * Returns NULL once the container is being recorded. Else the reason why it is
 * not, on the heap; then no process is left running.
 */
char *attend(const struct subject *s, const struct request *r,
	     const struct container_options *o);

#endif
