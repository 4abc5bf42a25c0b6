/* SPDX-License-Identifier: Apache-2.0 */
/* The sites of a violation: the program, the place in it, and the arguments. */
#ifndef SITE_H
#define SITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kernel/syscall.h"
#include "report/signature.h"

struct violation;

struct site {
	char *image, *place, *symbol;	/* NULL: not known */
	char *callers;		/* the functions that led there, or NULL */
	uint8_t *stack;		/* as the detail of a fact has it; or NULL */
	size_t stack_size;
	/* what the workload's own filter answers; NULL: there is none */
	char *own;
	bool has_args;
	uint64_t kept[SIGNATURE_ARGS];	/* signature_keep() */
	uint32_t pid, tid;	/* of the first call; 0: not known */
	bool has_time;
	uint64_t time_ns;	/* of the first call, since the run's start */
	uint64_t count;
};

/* Bounded: the calls of further sites are only counted. */
struct sites {
	struct site *at;
	size_t n;
	uint64_t more;		/* calls */
};

void sites_add(struct sites *sites, const struct violation *v);
void sites_free(struct sites *sites);
/* The sites with the greatest counts first, then the earliest. */
void sites_sort(struct sites *sites);

enum { SITES_SHOWN = 8 };
/*
 * "socket(AF_INET6, 1, 6) <- dial <- main (/bin/app)  pid 12  0.012 s"; without
 * a stack "socket(AF_INET6, 1, 6)  pid 12  0.012 s  libc.so.6+0x11b0f7
 * (socket+0x7)". The caller frees it.
 */
char *site_text(const struct site *site, struct call_id id, bool with_image);
/* "and 3 more places", NULL when all are shown; the caller frees. */
char *sites_rest(const struct sites *sites);
json_t *sites_json(const struct sites *sites, struct call_id id);

#endif
