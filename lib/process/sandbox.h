/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox of the tools that read files, compute and write files.
 * sandbox-data.h lists the calls and rights that a tool uses after it has
 * opened its files. sp-record recorded them over the test suite, and sp-emit
 * wrote that file (`make sandbox-data`).
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "base/output.h"

enum sandbox_tool {
	SANDBOX_MERGE = 1,
	SANDBOX_DIFF = 2,
	SANDBOX_EMIT = 4,
	/*
	 * no sandbox: this mode runs commands, watches processes or asks other
	 * programs
	 */
	SANDBOX_VERIFY = 8,
	/* the child of sp-emit that opens executables and reads them */
	SANDBOX_READER = 16,
};

/*
 * Permanently gives up the calls and rights that the tool does not need: puts a
 * seccomp filter and a Landlock policy in force, as far as the kernel supports
 * them. After that, nothing can be opened or executed, except that
 * SANDBOX_READER opens files to read them. The outputs (NULL: none) can be
 * committed.
 */
void sandbox_enter(enum sandbox_tool tool, const struct output *out,
		   const struct output *other);

#endif
