/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of each call, and how they are displayed: as strace(1) does. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <stdio.h>

#include "kernel/syscall.h"
#include "kernel/value.h"

/* What an argument is: the letters of the table in signature.c. */
enum { SIGNATURE_DESCRIPTOR = 'd' };

struct signature {
	unsigned int n;		/* arguments */
	char kinds[VALUE_ARGS];
	char result;		/* of a descriptor or a number in decimal, 'i' */
};

/* NULL: not known. */
const struct signature *signature_of(struct call_id id);
/* The names in the table, NULL after the last. */
const char *signature_call_at(size_t i);

/*
 * How many of the arguments the call has with these values: the mode of open(2)
 * is one only if a file can be made.
 */
unsigned int signature_count(struct call_id id, const struct signature *s,
			     const uint64_t args[VALUE_ARGS]);
/* "O_RDONLY|O_CLOEXEC", "AT_FDCWD", "0x7f…", "NULL". */
void signature_write(struct call_id id, const struct signature *s,
		     unsigned int i, const uint64_t args[VALUE_ARGS],
		     FILE *out);
/* The value that a call returned, which is no error. */
void signature_write_result(const struct signature *s, int64_t result,
			    FILE *out);

#endif
