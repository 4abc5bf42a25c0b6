/* SPDX-License-Identifier: Apache-2.0 */
/* The values of arguments by the names of the kernel's headers. */
#ifndef VALUE_H
#define VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/argument.h"

enum { VALUE_ARGS = 6 };

/* "SIGTERM", or NULL: no signal that has a name. */
const char *signal_name(uint64_t number);
/*
 * "TCGETS" for ioctl's argument 1, or NULL. All arguments are given, since the
 * level of setsockopt(2) says what its option means.
 */
const char *value_name(const char *call, unsigned int index,
		       const uint64_t args[VALUE_ARGS]);
/*
 * "setsockopt(SOL_SOCKET, SO_REUSEADDR)": the call with the arguments that
 * argument.h records, or "ioctl(...)" without values. The caller frees.
 */
char *call_text(struct call_id id, const struct argument_value *values,
		size_t n);

#endif
