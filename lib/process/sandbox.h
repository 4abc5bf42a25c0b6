/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox of the tools that read, compute and write. sp-record recorded
 * over the test suite what they do after their files are open, and sandbox-
 * data.h is what sp-emit made of that (`make sandbox-data`).
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "base/output.h"

enum sandbox_tool {
	SANDBOX_MERGE = 1,
	SANDBOX_DIFF = 2,
	SANDBOX_EMIT = 4,
	/* the mode runs commands, watches or asks: no sandbox */
	SANDBOX_VERIFY = 8,
	/* sp-emit's child, which opens files to read them */
	SANDBOX_READER = 16,
};

/*
 * Give up, for good, what the tool does not need: puts a seccomp filter and a
 * Landlock policy in force, as far as the kernel has them. From then on nothing
 * can be opened or executed, except that the reader opens files to read them;
 * the outputs (NULL: none) can be committed.
 */
void sandbox_enter(enum sandbox_tool tool, const struct output *out,
		   const struct output *other);

#endif
