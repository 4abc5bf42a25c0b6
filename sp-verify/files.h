/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All files that a mode reads and writes. They are opened before the first one
 * is read, so that the mode can confine itself in between.
 */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>

#include "base/input.h"
#include "base/output.h"
#include "options.h"
#include "profile/engine.h"

struct files {
	struct source_files source;
	struct inputs traces;
	struct input landlock, log;
	struct engine_files engines;
	struct output *out;	/* of -o; NULL: committed */
	struct output *junit;	/* NULL: committed, or --junit was not given */
};

/*
 * Returns false if it printed and latched an error. A recording that cannot be
 * opened is no error here, but when the recordings are loaded.
 */
bool files_open(struct files *files, const struct options *o);
/* Give up what was not committed. */
void files_close(struct files *files);
/* Commit `out` or `junit`. */
bool files_commit(struct output **out);
/* Confine a mode that only reads and writes from here on: sandbox.h. */
void files_enter_sandbox(const struct files *files, const struct options *o);

#endif
