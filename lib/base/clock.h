/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a clock as one number. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

uint64_t clock_ns(clockid_t clock);
/* CLOCK_MONOTONIC, in ns and in ms. */
uint64_t now_ns(void);
uint64_t now_ms(void);

#endif
