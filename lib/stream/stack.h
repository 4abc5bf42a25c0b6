/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The detail of a stack's fact: values of arguments, and the functions that led
 * to the call.
 */
#ifndef STACK_H
#define STACK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/trace.h"

enum {
	STACK_FRAMES_MAX = 64,
	STACK_FRAME_FIELDS = 4,		/* fields of a frame in a stream */
	STACK_FUNCTION_MAX = 255,	/* bytes */
	/* stacks that a trace keeps for a call of an image */
	STACKS_MAX = 256,
};

struct stack_frame {
	const char *function;	/* "": not known */
	const char *file;	/* path of the ELF file, or "anonymous memory" */
	/*
	 * the virtual address in the ELF file after the call instruction; 0:
	 * not in a file
	 */
	uint64_t address;
	const uint8_t *build_id;
	size_t build_id_size;	/* 0: none */
};

struct stack_writer {
	uint8_t *detail;	/* DETAIL_MAX bytes (fact-shape.h) */
	size_t size, n;
};

/*
 * Begins a detail with the values, which are the detail of an argument's fact
 * and can be empty.
 */
void stack_begin(struct stack_writer *w, uint8_t *detail,
		 const uint8_t *values, size_t size);
/*
 * Adds the frame of the next caller. Returns false if there is no room, or the
 * frame is malformed.
 */
bool stack_add(struct stack_writer *w, const struct stack_frame *frame);

/* Reads the frames, the innermost first. The texts point into the fact. */
size_t stack_frames(const struct fact *fact,
		    struct stack_frame frames[STACK_FRAMES_MAX]);
/*
 * Returns a fact of kind argument with the stack's values. Its detail points
 * into `fact`.
 */
struct fact stack_values(const struct fact *fact);
/*
 * Returns "getaddrinfo (libc.so.6) <- main (/bin/app)", without the function
 * that only makes the call; unescaped, and the caller frees it. NULL: no caller.
 */
char *stack_callers(const struct fact *stack);
/*
 * Returns "socket(AF_NETLINK) <- __check_pf <- getaddrinfo (libc.so.6)",
 * without the libc function of the call itself; unescaped, and the caller frees
 * it.
 */
char *stack_chain(const struct fact *stack);
/* Returns an array of objects, the innermost frame first. */
json_t *stack_frames_json(const struct fact *stack);

#endif
