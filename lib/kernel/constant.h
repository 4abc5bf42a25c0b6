/* SPDX-License-Identifier: Apache-2.0 */
/* Constants of the kernel's interface, for policies and reports. */
#ifndef CONSTANT_H
#define CONSTANT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Finds "PROT_EXEC", "AF_UNIX", "TCGETS" …: every constant of the kernel
 * headers that the tool was built with (constant-headers.h). Returns false if
 * no header defines the name.
 */
bool constant_by_name(const char *name, uint64_t *value);
/*
 * Returns the alphabetically first constant that begins with the prefix and has
 * the value, or NULL. Use it only for a prefix whose constants form one set.
 */
const char *constant_name(const char *prefix, uint64_t value);

#endif
