/* SPDX-License-Identifier: Apache-2.0 */
#include "rows.h"

#include <linux/audit.h>

#include "event.h"
#include "stream/trace.h"

#define X32_BIT 0x40000000	/* asm/unistd.h */

/* The architectures of the rows in the counting table. */
#if defined(__x86_64__)
static const uint32_t row_archs[ROWS] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386 };
#elif defined(__aarch64__)
static const uint32_t row_archs[ROWS] = { AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM };
#elif defined(__riscv) && __riscv_xlen == 64
static const uint32_t row_archs[ROWS] = {
	AUDIT_ARCH_RISCV64, AUDIT_ARCH_RISCV32,
};
#else
#error "sp-record supports x86-64, arm64 and riscv64"
#endif

uint32_t row_arch(uint32_t row)
{
	return row < ROWS ? row_archs[row] : 0;
}

void for_each_number(const char *name,
		     void (*found)(void *arg, uint32_t row, uint32_t at,
				   struct call_id id), void *arg)
{
	const struct arch *arch;
	struct call_id id;

	for (size_t i = 0; (arch = arch_at(i)); i++)
		for (uint32_t row = 0; row < ROWS; row++) {
			uint32_t at;

			if (arch->audit != row_arch(row) ||
			    syscall_number(arch, name, &id))
				continue;
			at = id.nr & ~X32_BIT;
			if (at < TRAITS_NUMBERS)
				found(arg, row, at, id);
		}
}

uint32_t sighting_flags(uint32_t rare)
{
	return (rare & RARE_VSYSCALL ? SIGHTING_VSYSCALL : 0) |
	       (rare & RARE_INFLIGHT ? SIGHTING_INFLIGHT : 0) |
	       (rare & RARE_SKIPPED ? SIGHTING_SKIPPED : 0) |
	       (rare & RARE_INITIAL ? SIGHTING_INITIAL : 0);
}
