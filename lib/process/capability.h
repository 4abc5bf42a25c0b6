/* SPDX-License-Identifier: Apache-2.0 */
/* The capabilities of this process: capabilities(7). */
#ifndef CAPABILITY_H
#define CAPABILITY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Returns the effective capabilities, as bits 1ULL << CAP_*, or 0 if they
 * cannot be read.
 */
uint64_t capability_effective(void);
bool capability_has(int capability);
/* Makes all permitted capabilities effective. Returns 0, or -1 and errno. */
int capability_raise(void);

#endif
