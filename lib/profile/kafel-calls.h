/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kafel's names for system calls and their arguments, on the native
 * architecture.
 */
#ifndef KAFEL_CALLS_H
#define KAFEL_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/syscall.h"

/* Returns false if Kafel has no call of this name. */
bool kafel_number(const char *name, struct call_id *id);
/* Returns Kafel's name for the call that libseccomp names `library`. */
const char *kafel_spelling(const char *library);
/*
 * Finds the argument with this name, and whether it has 64 bits. Returns false
 * if no known argument of the call has the name.
 */
bool kafel_argument(const char *call, const char *name, uint32_t *index,
		    bool *wide);
/*
 * Returns "fd buf* count*", for messages. Returns NULL if the call has no
 * arguments, or if they are unknown.
 */
const char *kafel_arguments(const char *call);
/*
 * Returns the name of a call in every version of Kafel, or NULL. All versions
 * have the calls up to pwritev2, which came with Linux 4.6.
 */
const char *kafel_name(struct call_id id, char buf[SYSCALL_NAME_MAX]);

#endif
