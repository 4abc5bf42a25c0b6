/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the chain of functions that called each other in a copy of a stack,
 * with libdw. A recorded program chooses the files and the stack, so a child
 * process does this work: file-child.h.
 */
#ifndef UNWIND_H
#define UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "process/mapping.h"

enum {
	UNWIND_REGISTERS = 33,
	/* the largest copy of a stack, in bytes */
	UNWIND_STACK = 20480,
	UNWIND_MAPPINGS = 128,
	UNWIND_WORDS = 128,
/* The numbers that DWARF gives to the stack pointer and the program counter. */
#if defined(__x86_64__)
	UNWIND_SP = 7, UNWIND_PC = 16,
#elif defined(__aarch64__)		/* x0 to x30, sp */
	UNWIND_SP = 31, UNWIND_PC = 32,
#else					/* riscv: x1 to x31 */
	UNWIND_SP = 2, UNWIND_PC = 32,
#endif
};

/*
 * A request consists of this struct, `size` bytes of the stack from `base` on,
 * and the mappings. Behind each mapping is its path with a NUL.
 */
struct unwind_request {
	uint64_t regs[UNWIND_REGISTERS];	/* as DWARF numbers them */
	uint64_t known;		/* one bit for each known register */
	uint64_t base;
	uint32_t size, n_mappings;
	/* the files are looked up in this process's root directory */
	int32_t pid;
	uint32_t zero;
};

/* A part of a file that is mapped executable. */
struct unwind_mapping {
	uint64_t start, end, offset, inode;
	uint32_t device_major, device_minor;
};

/*
 * Makes a request, which the caller frees, from its head, the stack, and the
 * executable mappings. A later mapping in the list hides earlier ones at the
 * same addresses.
 */
uint8_t *unwind_request_new(struct unwind_request *head, const uint8_t *stack,
			    const struct mapping *list, size_t n,
			    size_t *size);

/*
 * Loads libdw, before the child is started. Returns false if it is not
 * installed.
 */
bool unwind_load(void);
/*
 * The work of a file child. The answer is the detail of a stack's fact
 * (stack.h) without the arguments' values, or one byte if unwinding failed.
 */
size_t unwind_work(void *unused, const void *request, size_t size,
		   void *answer);

/*
 * A word of the stack that led from one function to the next. If another stack
 * begins with the same registers and has the same words at these addresses, it
 * has the same functions.
 */
struct unwind_word {
	uint64_t address, value;
};

/* The answer of unwind_words_work(). */
struct unwind_words {
	uint32_t n, zero;
	struct unwind_word words[UNWIND_WORDS];
	uint8_t detail[];	/* the answer of unwind_work() */
};

/*
 * Does what unwind_work() does, but also returns the words that led to each
 * caller.
 */
size_t unwind_words_work(void *unused, const void *request, size_t size,
			 void *answer);

#endif
