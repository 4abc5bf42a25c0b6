/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which functions called each other, from a copy of a stack. libdw unwinds it. A
 * recorded program chooses the files and the stack, so a child process does that
 * work: file-child.h.
 */
#ifndef UNWIND_H
#define UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	UNWIND_REGISTERS = 33,
	UNWIND_STACK = 20480,		/* the most bytes of a stack */
	UNWIND_MAPPINGS = 128,
};

/*
 * A request: this, `size` bytes of the stack from `base` on, and then the
 * mappings, each with its path and a NUL behind it.
 */
struct unwind_request {
	uint64_t regs[UNWIND_REGISTERS];	/* as DWARF numbers them */
	uint64_t base;
	uint32_t size, n_mappings;
	int32_t pid;		/* whose root directory has the files */
	uint32_t zero;
};

/* A part of a file that is mapped to be executed. */
struct unwind_mapping {
	uint64_t start, end, offset, inode;
	uint32_t device_major, device_minor;
};

/* Load libdw, before the child is started. False: it is not installed. */
bool unwind_load(void);
/*
 * Work for a file child. The answer is the detail of a stack fact (stack.h)
 * without the values of arguments, or one byte if unwinding failed.
 */
size_t unwind_work(void *unused, const void *request, size_t size,
		   void *answer);

#endif
