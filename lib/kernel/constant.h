/* SPDX-License-Identifier: Apache-2.0 */
/* Constants of the kernel's interface that policies name in conditions. */
#ifndef CONSTANT_H
#define CONSTANT_H

#include <stdbool.h>
#include <stdint.h>

/* "PROT_EXEC", "AF_UNIX", "TCGETS" …; false: the name is not in the table. */
bool constant_by_name(const char *name, uint64_t *value);

#endif
