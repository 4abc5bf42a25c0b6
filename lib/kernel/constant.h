/* SPDX-License-Identifier: Apache-2.0 */
/* Constants of the kernel's interface, for conditions in policies. */
#ifndef CONSTANT_H
#define CONSTANT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * "PROT_EXEC", "AF_UNIX", "TCGETS" …: every constant of the kernel headers that
 * this was built with (constant-headers.h). False: they have no such name.
 */
bool constant_by_name(const char *name, uint64_t *value);

#endif
