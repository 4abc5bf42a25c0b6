/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of a call in a form for people. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/syscall.h"

enum { SIGNATURE_ARGS = 6 };

/*
 * Keeps the arguments that distinguish calls for people: flags, commands and
 * modes. Drops addresses, descriptors, sizes and processes. If the call's
 * arguments are unknown, returns false, and `kept` is all 0.
 */
bool signature_keep(struct call_id id, const uint64_t args[SIGNATURE_ARGS],
		    uint64_t kept[SIGNATURE_ARGS]);
/*
 * Returns texts for `kept`, such as "AF_INET6", "1", "fd", which the caller
 * frees. Returns how many there are, or -1 if the call's arguments are unknown.
 */
int signature_texts(struct call_id id, const uint64_t kept[SIGNATURE_ARGS],
		    char *texts[SIGNATURE_ARGS]);
/* Returns "socket(AF_INET6, 1, 6)", or "name(...)"; the caller frees it. */
char *signature_text(struct call_id id, const uint64_t kept[SIGNATURE_ARGS]);

#endif
