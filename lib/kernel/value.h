/* SPDX-License-Identifier: Apache-2.0 */
/* Names for the values of arguments, from the kernel's headers. */
#ifndef VALUE_H
#define VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/argument.h"

enum { VALUE_ARGS = 6 };

/* Returns "SIGTERM", or NULL if the signal has no name. */
const char *signal_name(uint64_t number);
/*
 * Returns "TCGETS" for argument 1 of ioctl(2), or NULL. The caller passes all
 * arguments, because one can say what another means: the level of setsockopt(2)
 * does for its option.
 */
const char *value_name(const char *call, unsigned int index,
		       const uint64_t args[VALUE_ARGS]);
/*
 * Returns the call with the arguments that argument.h records:
 * "setsockopt(SOL_SOCKET, SO_REUSEADDR)", or "ioctl(...)" without values. The
 * caller frees the text.
 */
char *call_text(struct call_id id, const struct argument_value *values,
		size_t n);

#endif
