/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel side's numbers of calls and flags, in user space's terms. */
#ifndef ROWS_H
#define ROWS_H

#include <stdint.h>

#include "kernel/syscall.h"

/* The architecture of a row of calls: AUDIT_ARCH_*. */
uint32_t row_arch(uint32_t row);
/*
 * Each number that a call has in the rows of `traits` and `name_calls`, `at` its
 * index there.
 */
void for_each_number(const char *name,
		     void (*found)(void *arg, uint32_t row, uint32_t at,
				   struct call_id id), void *arg);
/* SIGHTING_* for RARE_*. */
uint32_t sighting_flags(uint32_t rare);

#endif
