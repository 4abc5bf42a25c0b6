/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox of the tools that read, compute and write: what they do after
 * their files are open was recorded by sp-record over the test suite, and
 * sandbox-data.h is what sp-emit made of it (`make sandbox-data`).
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "base/output.h"

enum sandbox_tool {
	SANDBOX_MERGE = 1,
	SANDBOX_DIFF = 2,
	SANDBOX_EMIT = 4,
	SANDBOX_VERIFY = 8,	/* where it runs, watches and asks nothing */
};

/*
 * Give up, for good, what the tool does not need: a seccomp filter and a
 * Landlock policy, as far as the kernel has them. Nothing can be opened or
 * executed any more; the outputs (NULL: none) can be committed.
 */
void sandbox_enter(enum sandbox_tool tool, const struct output *out,
		   const struct output *other);

#endif
