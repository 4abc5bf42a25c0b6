/* SPDX-License-Identifier: Apache-2.0 */
/* How calls, images and runs are named in what sp-diff prints. */
#ifndef LABEL_H
#define LABEL_H

#include "kernel/syscall.h"
#include "stream/trace.h"

/* Whether the architecture is printed with a call. */
bool is_foreign(struct call_id id, const struct arch *native);

enum { BUILD_ID_HEX = 2 * BUILD_ID_MAX + 1 };
const char *build_id_label(const struct image *image, char buf[BUILD_ID_HEX]);
/* The path and the first digits of the build-id; the caller frees. */
char *image_label(const struct image *image);

/* The native architecture of a trace's runs; arch_native() if it has none. */
const struct arch *trace_native(const struct trace *t);

/*
 * Prints a note: how many runs of a file may have made more calls than the file
 * holds. If images are `selected`, it counts the runs in which these may have
 * made more.
 */
void note_losses(const struct trace *t, const char *name, bool selected);

#endif
