/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records one container, in a separate process that has left the caller's
 * session, descriptors and cgroup. It starts sp-record on the container's
 * cgroup. When the container has ended, it gives the stream its name.
 */
#ifndef ATTEND_H
#define ATTEND_H

#include "container-options.h"
#include "request.h"
#include "subject.h"

/*
 * Returns NULL once the container is being recorded. On failure, returns the
 * reason, which the caller frees, and leaves no process behind.
 */
char *attend(const struct subject *s, const struct request *r,
	     const struct container_options *o);

#endif
