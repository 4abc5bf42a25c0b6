/* SPDX-License-Identifier: Apache-2.0 */
/* What Kafel calls system calls and their arguments, on the native architecture. */
#ifndef KAFEL_CALLS_H
#define KAFEL_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/syscall.h"

/* False where Kafel has no call of this name. */
bool kafel_number(const char *name, struct call_id *id);
/* Kafel's name for a call that libseccomp calls `library`. */
const char *kafel_spelling(const char *library);
/*
 * Which argument of the call a name stands for, and whether it has 64 bits.
 * False: no argument that is known has the name.
 */
bool kafel_argument(const char *call, const char *name, uint32_t *index,
		    bool *wide);
/* "fd buf* count*", to be printed; NULL: the call has none, or none is known. */
const char *kafel_arguments(const char *call);
/*
 * The name of a call, if each version of Kafel has it: those up to pwritev2,
 * which came with Linux 4.6. NULL otherwise.
 */
const char *kafel_name(struct call_id id, char buf[SYSCALL_NAME_MAX]);

#endif
