/* SPDX-License-Identifier: Apache-2.0 */
/* Constants of the kernel's interface that policies name in conditions. */
#ifndef CONSTANT_H
#define CONSTANT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * "PROT_EXEC", "AF_UNIX", "TCGETS" …: all of the kernel's headers that this was
 * built with (constant-headers.h). False: they do not have the name.
 */
bool constant_by_name(const char *name, uint64_t *value);

#endif
