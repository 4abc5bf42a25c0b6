/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of a call as people read them. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/syscall.h"

enum { SIGNATURE_ARGS = 6 };

/*
 * The arguments that distinguish two calls for people: flags, commands and
 * modes, but no address, descriptor, size or process. False: they are not
 * known, and `kept` is all 0.
 */
bool signature_keep(struct call_id id, const uint64_t args[SIGNATURE_ARGS],
		    uint64_t kept[SIGNATURE_ARGS]);
/*
 * The texts for `kept`: "AF_INET6", "1", "fd". Returns how many, or -1 if the
 * arguments are not known. The caller frees each.
 */
int signature_texts(struct call_id id, const uint64_t kept[SIGNATURE_ARGS],
		    char *texts[SIGNATURE_ARGS]);
/* "socket(AF_INET6, 1, 6)", or "name(...)"; the caller frees. */
char *signature_text(struct call_id id, const uint64_t kept[SIGNATURE_ARGS]);

#endif
