/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All files that a mode reads and writes. They are opened before the first one
 * is read, because the mode enters its sandbox in between.
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
	struct output *out;	/* the file of -o; NULL: already committed */
	struct output *junit;	/* NULL: already committed, or no --junit */
};

/*
 * Opens the files. Returns false if it printed and latched an error. A
 * recording that cannot be opened is reported later, when the recordings are
 * loaded.
 */
bool files_open(struct files *files, const struct options *o);
/* Drops outputs that were not committed. */
void files_close(struct files *files);
/* Commits `out` or `junit`. */
bool files_commit(struct output **out);
/* Enters the sandbox (sandbox.h) if the mode only needs to read and write. */
void files_enter_sandbox(const struct files *files, const struct options *o);

#endif
