/* SPDX-License-Identifier: Apache-2.0 */
/* Where calls were made, for reports. */
#ifndef STACKS_H
#define STACKS_H

#include "stream/trace.h"

/*
 * "socket(AF_NETLINK) <- __check_pf <- getaddrinfo (libc.so.6)", without the
 * function that only makes the call; unescaped, heap.
 */
char *stack_chain(const struct fact *stack);

#endif
