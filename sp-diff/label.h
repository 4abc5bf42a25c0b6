/* SPDX-License-Identifier: Apache-2.0 */
/* The names of calls, images and runs in the output of sp-diff. */
#ifndef LABEL_H
#define LABEL_H

#include "kernel/syscall.h"
#include "stream/trace.h"

/* Whether a call's architecture must be printed. */
bool is_foreign(struct call_id id, const struct arch *native);

enum { BUILD_ID_HEX = 2 * BUILD_ID_MAX + 1 };
const char *build_id_label(const struct image *image, char buf[BUILD_ID_HEX]);
/*
 * Returns the path, and the first digits of the build-id. The caller frees it.
 */
char *image_label(const struct image *image);

/*
 * The native architecture of the trace's runs, or arch_native() if there are no
 * runs.
 */
const struct arch *trace_native(const struct trace *t);

/*
 * Prints a note with the number of runs that may lack calls in the file `name`.
 * If images are `selected`, a run that lost an image counts, too.
 */
void note_losses(const struct trace *t, const char *name, bool selected);

#endif
