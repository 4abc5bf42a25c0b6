/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the system calls that one function makes and the functions that it
 * calls, in its machine code for x86-64. The values of registers and of places
 * on the stack are followed along the branches.
 */
#ifndef CODE_H
#define CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The registers in which a function can get the number of a call. */
enum code_register { CODE_RAX, CODE_RDI = 7 };

enum { CODE_NUMBERS_MAX = 4 };

struct code_value {
	enum code_kind {
		VALUE_UNKNOWN,
		VALUE_NUMBERS,	/* one of several numbers */
		/* the value of a register at the entry of the function */
		VALUE_ENTRY,
	} kind;
	/* the number of elements, for VALUE_NUMBERS */
	unsigned int n;
	/* for VALUE_ENTRY, at[0] is the register */
	uint32_t at[CODE_NUMBERS_MAX];
};

enum code_use {
	USE_SYSCALL,	/* the instruction syscall; rax is the number */
	USE_GO,		/* a call or jump to `target`, with rax and rdi */
	USE_GO_BY,	/* the same through a slot; `target` is its address */
	USE_TAKE,	/* the address is taken, or read from a slot */
};

struct code_found {
	enum code_use use;
	uint64_t target;
	struct code_value rax, rdi;
};

struct code;			/* A disassembler with its state. */

/*
 * Loads the disassembler. This takes 7 ms, so do it only if needed. Call it
 * before the sandbox. Returns false if it is not installed.
 */
bool code_load(void);

/* Returns NULL if there is no disassembler for x86-64. */
struct code *code_new(void);
void code_free(struct code *c);

/*
 * Passes all uses in the function of `n` bytes at `address` to `found`, in
 * order.
 */
void code_read(struct code *c, const uint8_t *bytes, size_t n,
	       uint64_t address,
	       void (*found)(void *arg, const struct code_found *), void *arg);

#endif
