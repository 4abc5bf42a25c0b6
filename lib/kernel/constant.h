/* SPDX-License-Identifier: Apache-2.0 */
/* Constants of the kernel's interface, for policies and reports. */
#ifndef CONSTANT_H
#define CONSTANT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * "PROT_EXEC", "AF_UNIX", "TCGETS" …: every constant of the kernel headers that
 * this was built with (constant-headers.h). False: they have no such name.
 */
bool constant_by_name(const char *name, uint64_t *value);
/*
 * The first constant by name that begins with the prefix and has the value;
 * NULL: none has. Use it for prefixes whose constants are one set of values.
 */
const char *constant_name(const char *prefix, uint64_t value);

#endif
