/* SPDX-License-Identifier: Apache-2.0 */
/* The names of capabilities: capabilities(7). */
#ifndef KERNEL_CAPABILITY_H
#define KERNEL_CAPABILITY_H

#include <stdint.h>

enum { CAPABILITY_NAME_MAX = 32 };
/* Returns "CAP_CHOWN", or "CAP_63" for a number that Linux has not assigned. */
const char *capability_name(uint32_t number, char buf[CAPABILITY_NAME_MAX]);
/* The names in the order of their numbers; NULL after the last. */
const char *capability_at(uint32_t number);

#endif
