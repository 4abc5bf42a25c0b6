/* SPDX-License-Identifier: Apache-2.0 */
/* The detail of a stack's fact: values of arguments, and where the call was made. */
#ifndef STACK_H
#define STACK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/trace.h"

enum {
	STACK_FRAMES_MAX = 64,
	STACK_FRAME_FIELDS = 4,		/* of one frame in a stream */
	STACK_FUNCTION_MAX = 255,	/* bytes */
	STACKS_MAX = 256,		/* of a call of an image, in a trace */
};

struct stack_frame {
	const char *function;	/* "": not known */
	const char *file;	/* path of the ELF file, or "anonymous memory" */
	/*
	 * The ELF file's virtual address after the call instruction; 0: in no
	 * file.
	 */
	uint64_t address;
	const uint8_t *build_id;
	size_t build_id_size;	/* 0: none */
};

struct stack_writer {
	uint8_t *detail;	/* DETAIL_MAX bytes (fact-shape.h) */
	size_t size, n;
};

/* Begin a detail with the detail of an argument's fact, perhaps empty. */
void stack_begin(struct stack_writer *w, uint8_t *detail,
		 const uint8_t *values, size_t size);
/* Add the next caller's frame. False: there is no room, or it is malformed. */
bool stack_add(struct stack_writer *w, const struct stack_frame *frame);

/* The innermost frame first; the texts are the fact's. */
size_t stack_frames(const struct fact *fact,
		    struct stack_frame frames[STACK_FRAMES_MAX]);
/* An argument's fact with the values of the call; its detail is the fact's. */
struct fact stack_values(const struct fact *fact);
/* "__check_pf <- getaddrinfo (libc.so.6) <- main (/bin/app)", unescaped; heap. */
char *stack_text(const struct stack_frame *frames, size_t n);
/* The same without the function that only makes the call; NULL: no caller. */
char *stack_callers(const struct fact *stack);
/*
 * "socket(AF_NETLINK) <- __check_pf <- getaddrinfo (libc.so.6)", without the
 * function that only makes the call; unescaped, heap.
 */
char *stack_chain(const struct fact *stack);
/* An array of objects, the innermost frame first. */
json_t *stack_frames_json(const struct fact *stack);

#endif
