/* SPDX-License-Identifier: Apache-2.0 */
/* Converts the kernel side's rows and flags to those of user space. */
#ifndef ROWS_H
#define ROWS_H

#include <stdint.h>

#include "kernel/syscall.h"

/* Returns the architecture of a row of calls: AUDIT_ARCH_*. */
uint32_t row_arch(uint32_t row);
/*
 * Calls a function for each number of the call, in the rows of `traits` and
 * `name_calls`. `at` is the index there.
 */
void for_each_number(const char *name,
		     void (*found)(void *arg, uint32_t row, uint32_t at,
				   struct call_id id), void *arg);
/* Converts RARE_* to SIGHTING_*. */
uint32_t sighting_flags(uint32_t rare);

#endif
