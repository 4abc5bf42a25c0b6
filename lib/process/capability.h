/* SPDX-License-Identifier: Apache-2.0 */
/* Our own capabilities: capabilities(7). */
#ifndef CAPABILITY_H
#define CAPABILITY_H

#include <stdbool.h>
#include <stdint.h>

/* The effective ones, 1ULL << CAP_*; 0 if they cannot be read. */
uint64_t capability_effective(void);
bool capability_has(int capability);
/* Make all permitted capabilities effective: 0, or -1 and errno. */
int capability_raise(void);

#endif
