/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sites of a violation. A site is a program, a place in its code, and the
 * arguments.
 */
#ifndef SITE_H
#define SITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kernel/syscall.h"
#include "report/room.h"
#include "report/signature.h"

struct violation;

struct site {
	char *image, *place, *symbol;	/* NULL: unknown */
	/* The functions that led to the place. NULL: unknown. */
	char *callers;
	uint8_t *stack;		/* in the form of a fact's detail; or NULL */
	size_t stack_size;
	/* The answer of the workload's own filter. NULL: none. */
	char *own;
	bool has_args;
	uint64_t kept[SIGNATURE_ARGS];	/* set by signature_keep() */
	uint32_t pid, tid;	/* of the first call; 0: unknown */
	bool has_time;
	/* The time of the first call, since the start of the run. */
	uint64_t time_ns;
	uint64_t count;
};

/*
 * The sites of a call. Their number is limited. Calls of further sites are only
 * counted.
 */
struct sites {
	struct site *at;
	size_t n;
	uint64_t more;		/* calls of further sites */
};

/*
 * Adds a violation to its site. `stack_bytes` is the size of the stacks in all
 * sites of a report. Above a limit, further sites get no stack.
 */
void sites_add(struct sites *sites, const struct violation *v,
	       size_t *stack_bytes, struct room *room);
void sites_free(struct sites *sites);
/* Sorts the sites by count, the largest first, and then by time. */
void sites_sort(struct sites *sites);

enum { SITES_SHOWN = 8 };
/*
 * Returns "socket(AF_INET6, 1, 6) <- dial <- main (/bin/app)  pid 12  0.012 s".
 * Without a stack, returns "socket(AF_INET6, 1, 6)  pid 12  0.012 s
 * libc.so.6+0x11b0f7 (socket+0x7)". The caller frees the text.
 */
char *site_text(const struct site *site, struct call_id id, bool with_image);
/* Returns "and 3 more places", which the caller frees. NULL: all are shown. */
char *sites_rest(const struct sites *sites);
json_t *sites_json(const struct sites *sites, struct call_id id);

#endif
