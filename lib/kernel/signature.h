/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of each call, and how to display them: as strace(1) does. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <stdio.h>

#include "kernel/syscall.h"
#include "kernel/value.h"

/* A kind of argument that other files ask for; signature.c has all letters. */
enum { SIGNATURE_DESCRIPTOR = 'd' };

struct signature {
	unsigned int n;		/* arguments */
	char kinds[VALUE_ARGS];
	/*
	 * the kind of the result: 'd' for a descriptor, 'i' for a decimal
	 * number …
	 */
	char result;
};

/* NULL: the call is not in the table. */
const struct signature *signature_of(struct call_id id);
/* The names of the calls in the table; NULL after the last. */
const char *signature_call_at(size_t i);

/*
 * How many arguments the call has for these values. For example, open(2) has a
 * mode only if its flags can create a file.
 */
unsigned int signature_count(struct call_id id, const struct signature *s,
			     const uint64_t args[VALUE_ARGS]);
/* Writes an argument as "O_RDONLY|O_CLOEXEC", "AT_FDCWD", "0x7f…" or "NULL". */
void signature_write(struct call_id id, const struct signature *s,
		     unsigned int i, const uint64_t args[VALUE_ARGS],
		     FILE *out);
/* Writes the value that a successful call returned. */
void signature_write_result(const struct signature *s, int64_t result,
			    FILE *out);

#endif
