/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one function of a program does, as its machine code for x86-64 says:
 * which system calls it makes, and where it goes. Values of registers and of
 * places on the stack are followed along its branches.
 */
#ifndef CODE_H
#define CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Registers that can hold the number of a call when a function is entered. */
enum code_register { CODE_RAX, CODE_RDI = 7 };

enum { CODE_NUMBERS_MAX = 4 };

struct code_value {
	enum code_kind {
		VALUE_UNKNOWN,
		VALUE_NUMBERS,	/* one of these */
		VALUE_ENTRY,	/* what a register had at the function's entry */
	} kind;
	unsigned int n;			/* of NUMBERS */
	uint32_t at[CODE_NUMBERS_MAX];	/* of ENTRY: at[0] is the register */
};

enum code_use {
	USE_SYSCALL,	/* the instruction: rax is the number */
	USE_GO,		/* called or jumped to: rax and rdi hold then */
	USE_GO_BY,	/* the same by a slot: target is where the slot is */
	USE_TAKE,	/* its address is taken, or read from a slot there */
};

struct code_found {
	enum code_use use;
	uint64_t target;
	struct code_value rax, rdi;
};

struct code;			/* a disassembler */

/*
 * Load the disassembler, which takes 7 ms: before a sandbox, and only where it is
 * needed. False: it is not installed.
 */
bool code_load(void);

struct code *code_new(void);	/* NULL: there is none for x86-64 */
void code_free(struct code *c);

/* Tell `found` all uses in the function of `n` bytes at `address`, in order. */
void code_read(struct code *c, const uint8_t *bytes, size_t n,
	       uint64_t address,
	       void (*found)(void *arg, const struct code_found *), void *arg);

#endif
