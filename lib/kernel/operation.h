/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of io_uring, by the opcode of a submission queue entry. */
#ifndef OPERATION_H
#define OPERATION_H

#include <stdint.h>

enum { OPERATION_NAME_MAX = 32 };

/*
 * Returns the name of IORING_OP_* (linux/io_uring.h of Linux 6.18) in lower
 * case, or "operation_N".
 */
const char *operation_name(int32_t opcode, char buf[OPERATION_NAME_MAX]);

#endif
