/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process that reads /proc/PID/maps, /proc/PID/cmdline,
 * /proc/PID/syscall and memory of another process, because the kernel can make
 * the reader wait. /proc needs a lock that the other process holds during an
 * execve(2), and a page of memory can belong to a file. If the daemon of the
 * file's file system does not answer, the reader waits forever. After
 * FILE_CHILD_MS, the tool gives up: the data cannot be read.
 */
#ifndef PEEK_H
#define PEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "process/mapping.h"
#include "process/unwind.h"

struct peek;

/* The registers of a task that waits in a system call, and its stack. */
struct peek_stack {
	uint64_t sp, pc;
	uint64_t base;		/* the address of the page that sp is in */
	uint64_t size;		/* of `bytes`: whole pages from there */
	uint8_t bytes[UNWIND_STACK];
};

struct peek *peek_new(void);
/* NULL is fine. */
void peek_free(struct peek *p);

/* Returns false if the task waits in no call, or cannot be read. */
bool peek_stack(struct peek *p, pid_t tid, struct peek_stack *stack);
/*
 * Returns the executable mappings of a process, by address; mapping_list_free()
 * frees them. `*n` is 0 if they cannot be read.
 */
struct mapping *peek_mappings(struct peek *p, pid_t pid, size_t *n);
/*
 * Returns the `*n` bytes of /proc/PID/cmdline, and a '\0' after them, which the
 * caller frees. Returns NULL if they cannot be read, or are far more than an
 * execve(2) can pass.
 */
char *peek_arguments(struct peek *p, pid_t pid, size_t *n);

#endif
